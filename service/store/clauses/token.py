"""Tokens in the table `term`. http://hl7.org/fhir/R4/search.html#token"""

from collections.abc import Iterator

from service.fhir.search.extract import IDENTIFIER, TEXT
from service.fhir.search.query import Clause, Coded, Modifier, Typed
from service.store.clauses import string
from service.store.clauses.name import RECORDS
from service.store.clauses.probe import Arguments, Probe, Rank, either, one_of, pairs
from service.store.hashing import hash64
from service.store.index import code_key, mark, system_mark


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    name = clause.parameter.name
    if clause.modifier is Modifier.TEXT:
        return string.begins(hash64(kind, name + TEXT), clause, arguments)
    if clause.modifier is Modifier.IDENTIFIER:
        name += IDENTIFIER
    condition = f"({either(list(_parts(kind, name, clause, arguments)))})"
    return Probe(
        table="term",
        condition=condition,
        rank=Rank.NAME if "identifier" in name else Rank.VALUE,
        negated=clause.modifier is Modifier.NOT,
        doubt=condition if clause.modifier is Modifier.OF_TYPE else "",
        narrow=_narrow(name, clause),
    )


def _narrow(name: str, clause: Clause) -> bool:
    """One identifier, of the resource itself or of what is one patient's: a practitioner's may
    stand in the records of all."""
    of_one = "identifier" in name and len(list(_codes(clause))) == len(clause.values) == 1
    return of_one and RECORDS.issuperset(clause.parameter.targets)


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    mark = arguments.add(system_mark(kind, clause.parameter.name))
    return Probe(table="term", condition=f"@.mark = {mark}")


def _parts(kind: str, name: str, clause: Clause, arguments: Arguments) -> Iterator[str]:
    if codes := list(_codes(clause)):
        wanted = pairs("@.key", "@.system", iter(codes), arguments)
        yield f"@.mark = {arguments.add(mark(kind, name))} AND {wanted}"
    if systems := list(_systems(clause)):
        wanted = one_of("@.key", systems, arguments)
        yield f"@.mark = {arguments.add(system_mark(kind, name))} AND {wanted}"


def _codes(clause: Clause) -> Iterator[tuple[int, int | None]]:
    for value in clause.values:
        if isinstance(value, Typed):
            yield code_key(value.value), None
        elif isinstance(value, Coded) and value.code is not None:
            yield code_key(value.code), None if value.system is None else hash64(value.system)


def _systems(clause: Clause) -> Iterator[int]:
    for value in clause.values:
        if isinstance(value, Coded) and value.code is None:
            yield hash64(value.system or "")
