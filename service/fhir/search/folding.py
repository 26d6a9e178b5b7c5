"""Strings as search compares them. http://hl7.org/fhir/R4/search.html#string"""

import unicodedata

SOUNDS = {
    letter: digit
    for letters, digit in (
        ("bfpv", "1"),
        ("cgjkqsxz", "2"),
        ("dt", "3"),
        ("l", "4"),
        ("mn", "5"),
        ("r", "6"),
    )
    for letter in letters
}
SPACE = frozenset({"Zs", "Zl", "Zp", "Cc", "Pd"})


def folded(text: str) -> str:
    """Without case, accents, punctuation and superfluous space: `O'Brien-Müller` is
    `obrien muller`."""
    letters = []
    for character in unicodedata.normalize("NFKD", text.casefold()):
        category = unicodedata.category(character)
        if category in SPACE:
            letters.append(" ")
        elif category[0] not in "MP":
            letters.append(character)
    plain = unicodedata.normalize("NFKD", "".join(letters).casefold())
    return " ".join(plain.split()) or text.strip().casefold()


def sounding(text: str) -> str:
    """The American Soundex code of every word: `Meier` and `Maier` are both `m600`.

    https://www.archives.gov/research/census/soundex
    """
    return " ".join(_soundex(word) for word in folded(text).split())


def _soundex(word: str) -> str:
    code, last = word[0], SOUNDS.get(word[0])
    for letter in word[1:]:
        digit = SOUNDS.get(letter)
        if digit is not None and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return code[:4].ljust(4, "0")
