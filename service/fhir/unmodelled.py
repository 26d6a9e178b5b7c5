"""Resources of types whose R4 structure is not known here (see `r4.UNMODELLED`)."""

from typing import Any

from service.fhir.exact_json import ELEMENT_NAME
from service.fhir.faults import EMPTY, ENOUGH, FINE, NULL, Fault, Faults, below
from service.fhir.primitives import CONTROL


def unmodelled_faults(value: Any) -> Faults:
    """All that can be asked where the structure is not known: that nothing in it is empty."""
    if value is None or value in ("", [], {}):
        return NULL if value is None else EMPTY
    if isinstance(value, str) and CONTROL.search(value):
        return (Fault("", "value", "must have no control characters"),)
    found: list[Fault] = []
    if isinstance(value, dict):
        for key, child in value.items():
            found += below(
                f".{key}" if ELEMENT_NAME.fullmatch(key) else "", unmodelled_faults(child)
            )
    elif isinstance(value, list):
        for place, child in enumerate(value):
            found += below(f"[{place}]", FINE if child is None else unmodelled_faults(child))
            if len(found) > ENOUGH:
                break
    return found
