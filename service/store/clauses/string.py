"""Strings in the table `phrase`. http://hl7.org/fhir/R4/search.html#string

A string longer than the index keeps is let through where its beginning does not decide.
"""

from service.fhir.search.folding import folded, sounding
from service.fhir.search.query import Clause, Modifier, Text
from service.store.clauses.probe import Arguments, Probe, Rank, either
from service.store.hashing import hash64
from service.store.index import CUT

LAST = "\U0010ffff"
"""Sorts behind every character."""
LONG = f"greatest(char_length(@.exact), char_length(@.folded)) >= {CUT}"


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    key = hash64(kind, clause.parameter.name)
    match clause.modifier:
        case Modifier.EXACT:
            return _exact(key, clause, arguments)
        case Modifier.CONTAINS:
            return _contains(key, clause, arguments)
        case _:
            return begins(key, clause, arguments)


def begins(key: int, clause: Clause, arguments: Arguments) -> Probe:
    """Strings under `key` that begin with one of the clause's texts, whatever case and accents."""
    plain = sounding if clause.parameter.phonetic else folded
    starts = [plain(text) for text in _texts(clause)]
    parts = [
        f"@.folded >= {arguments.add(kept)} AND @.folded < {arguments.add(kept + LAST)}"
        for kept in (start[:CUT] for start in starts)
    ]
    return phrase(key, parts, any(len(start) > CUT for start in starts), arguments)


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="phrase", condition=f"@.key = {key}")


def _exact(key: int, clause: Clause, arguments: Arguments) -> Probe:
    texts = _texts(clause)
    parts = [f"@.exact = ANY({arguments.add([text[:CUT] for text in texts])}::text[])"]
    return phrase(key, parts, any(len(text) >= CUT for text in texts), arguments)


def _contains(key: int, clause: Clause, arguments: Arguments) -> Probe:
    parts = [
        f"position({arguments.add(folded(text))}::text in @.folded) > 0" for text in _texts(clause)
    ]
    return phrase(key, [*parts, LONG], True, arguments)


def phrase(key: int, parts: list[str], doubtful: bool, arguments: Arguments) -> Probe:
    """`doubtful` where strings that the index has cut can meet the condition or not."""
    keyed = f"@.key = {arguments.add(key)}"
    return Probe(
        table="phrase",
        condition=f"{keyed} AND ({either(parts)})",
        rank=Rank.VALUE,
        doubt=f"{keyed} AND {LONG}" if doubtful else "",
    )


def _texts(clause: Clause) -> list[str]:
    return [value.text for value in clause.values if isinstance(value, Text)]
