"""References, canonicals and URIs in the table `term`.

http://hl7.org/fhir/R4/search.html#reference and http://hl7.org/fhir/R4/search.html#uri
"""

from collections.abc import Iterable

from service.fhir.compartments import SUBJECTS
from service.fhir.search.query import Clause, Naming, Text
from service.store.clauses.probe import Arguments, Probe, Rank, one_of
from service.store.hashing import hash64
from service.store.index import mark

RECORDS = frozenset({"Patient", *SUBJECTS})
"""Types of which each resource is one patient's."""


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    return of_texts(kind, clause.parameter.name, texts(clause), arguments)


def of_texts(kind: str, name: str, wanted: Iterable[str], arguments: Arguments) -> Probe:
    """`name` is the parameter's."""
    references = tuple(wanted)
    named = one_of("@.key", [hash64(text) for text in references], arguments)
    narrow = len(references) == 1 and references[0].partition("/")[0] in RECORDS
    return Probe(
        table="term",
        condition=f"@.mark = {arguments.add(mark(kind, name))} AND {named}",
        rank=Rank.PATIENT if narrow else Rank.NAME,
        narrow=narrow,
    )


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    own = arguments.add(mark(kind, clause.parameter.name))
    return Probe(table="term", condition=f"@.mark = {own}")


def texts(clause: Clause) -> tuple[str, ...]:
    """Everything that will do, each once."""
    found: dict[str, None] = {}
    for value in clause.values:
        assert isinstance(value, Naming | Text)
        found |= dict.fromkeys(value.references if isinstance(value, Naming) else (value.text,))
    return tuple(found)
