"""What the checks of validation answer: broken rules, each with its place below the value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule; `path` is relative to the value that was checked."""

    path: str
    code: str
    """A code of http://hl7.org/fhir/R4/valueset-issue-type.html."""
    says: str
    """The rule, to follow the path in a sentence."""


Faults = Sequence[Fault]
Check = Callable[[Any, frozenset[str]], Faults]
"""Of a value, given the ids that `#id` may refer to."""

ENOUGH = 100
"""Faults that are told; an array that has more is not read on, so that no body costs more than its
length."""

FINE: Faults = ()
NOT_OBJECT: Faults = (Fault("", "structure", "must be an object"),)
NOT_ARRAY: Faults = (Fault("", "structure", "must be an array: it may repeat"),)
NOT_SINGLE: Faults = (Fault("", "structure", "must not be an array: it does not repeat"),)
EMPTY: Faults = (Fault("", "value", "must not be empty"),)
NULL: Faults = (Fault("", "value", "must not be null"),)


def below(step: str, faults: Faults) -> Faults:
    """The same faults, seen from the object that has the value as `step`."""
    return [Fault(step + f.path, f.code, f.says) for f in faults] if faults else faults
