"""Lists, ranges and codes as a sentence says them."""

from collections.abc import Iterable, Iterator, Sequence

from service.clinical.canonical import LOINC, SNOMED_CT
from service.clinical.definitions import Code

SYSTEMS = {LOINC: "LOINC", SNOMED_CT: "SNOMED CT"}


def listed(texts: Iterable[str]) -> str:
    """`a, b and c`."""
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def numbers(of: Sequence[int]) -> str:
    """`1 to 8, 10`: runs of three and more are drawn together."""
    return ", ".join(_runs(of))


def coding(code: Code) -> str:
    """`LOINC 44261-6`, with the display where it is known."""
    system = SYSTEMS.get(code.system, code.system)
    return f"{system} `{code.code}`" + (f" ({code.display})" if code.display else "")


def codings(codes: Iterable[Code]) -> str:
    return ", ".join(map(coding, codes))


def _runs(of: Sequence[int]) -> Iterator[str]:
    start = 0
    for place, value in enumerate(of):
        ends = place + 1 == len(of) or of[place + 1] != value + 1
        if ends and place - start >= 2:
            yield f"{of[start]} to {value}"
        elif ends:
            yield from map(str, of[start : place + 1])
        if ends:
            start = place + 1
