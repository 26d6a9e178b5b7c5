"""Whether a LOINC or SNOMED CT code carries the check digit that its system gives it."""

import re

LOINC = re.compile(r"(?P<stem>(?:LA|LL|LP)?\d{1,7})-(?P<check>\d)")
SNOMED_CT = re.compile(r"[1-9]\d{5,17}")

DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
"""Multiplication in the dihedral group of order 10, on which Verhoeff's method rests."""

PERMUTATIONS = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def loinc(code: str) -> bool:
    """Modulo 10 over the characters before the hyphen, every other one doubled from the right.

    LOINC Users' Guide, "Calculating mod 10 check digits". A letter, which answers and parts begin
    with, counts as its place in ASCII after "0"; the published answer codes bear this out.
    """
    match = LOINC.fullmatch(code)
    if match is None:
        return False
    values = [ord(character) - ord("0") for character in reversed(match["stem"])]
    single = sum(values[1::2])
    doubled = sum(sum(divmod(2 * value, 10)) for value in values[::2])
    return (10 - (single + doubled) % 10) % 10 == int(match["check"])


def snomed_ct(code: str) -> bool:
    """Verhoeff's method over all digits; partition 00 or 10, which concepts have.

    SNOMED CT Release File Specifications, "Check-digit computation".
    """
    if SNOMED_CT.fullmatch(code) is None or code[-3:-1] not in {"00", "10"}:
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(DIHEDRAL[check][int(PERMUTATIONS[place % 8][int(digit)])])
    return check == 0
