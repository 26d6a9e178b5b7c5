"""Finding the declarative files of a folder: whoever adds a file there has registered it."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

T = TypeVar("T")


def discover(package: str, name: str, kind: type[T], *, only: str = "") -> tuple[T, ...]:
    """The value called `name` of every module in `package`, in the modules' alphabetical order; of
    the module `only` alone, where there is one of this name.

    Raises `TypeError`, naming the module, where the value is missing or of another kind: a file in
    such a folder that registers nothing is a mistake, never a silent gap.
    """
    found: list[T] = []
    modules = sorted(module.name for module in iter_modules(import_module(package).__path__))
    for module in [only] if only in modules else modules:
        value = getattr(import_module(f"{package}.{module}"), name, None)
        if not isinstance(value, kind):
            raise TypeError(f"{package}.{module} must define {name} as a {kind.__name__}.")
        found.append(value)
    return tuple(found)
