"""The codes of value sets, for `:in` and `:not-in`. http://hl7.org/fhir/R4/search.html#token"""

from collections.abc import Callable

Codes = tuple[tuple[str, str], ...]
"""(system, code); "" without a system."""
ValueSets = Callable[[str], Codes | None]
"""The codes of the value set of this URL, `|version` or not, or `ValueSet/[id]`; None where it is
not held or cannot be listed."""


def none_held(_: str) -> Codes | None:
    return None
