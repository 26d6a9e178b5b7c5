"""Tokens in the table `term`. http://hl7.org/fhir/R4/search.html#token"""

from collections.abc import Iterator

from service.fhir.search.extract import IDENTIFIER, TEXT
from service.fhir.search.query import Clause, Coded, Modifier, Typed
from service.store.clauses import string
from service.store.clauses.probe import Arguments, Probe, Rank, pairs
from service.store.hashing import hash64


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    name = clause.parameter.name
    if clause.modifier is Modifier.TEXT:
        return string.begins(hash64(kind, name + TEXT), clause, arguments)
    if clause.modifier is Modifier.IDENTIFIER:
        name += IDENTIFIER
    condition = pairs("@.key", "@.system", _keys(kind, name, clause), arguments)
    return Probe(
        table="term",
        condition=condition,
        rank=Rank.NAME if "identifier" in name else Rank.VALUE,
        negated=clause.modifier is Modifier.NOT,
        doubt=condition if clause.modifier is Modifier.OF_TYPE else "",
    )


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="term", condition=f"@.key = {key}")


def _keys(kind: str, name: str, clause: Clause) -> Iterator[tuple[int, int | None]]:
    for value in clause.values:
        if isinstance(value, Typed):
            yield hash64(kind, name, value.value), None
            continue
        assert isinstance(value, Coded)
        key = hash64(kind, name) if value.code is None else hash64(kind, name, value.code)
        yield key, None if value.system is None else hash64(value.system)
