"""Composites: a code and a value of one element. http://hl7.org/fhir/R4/search.html#combining

Where one row of `coded_value` says both, the row decides. Elsewhere the parts are asked on their
own, and the body decides whether one element has them all.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from service.fhir.search.coded import IN_CODED_VALUES
from service.fhir.search.parameters import TABLE
from service.fhir.search.paths import THIS
from service.fhir.search.query import Clause, Together
from service.store.clauses import coded
from service.store.clauses.probe import Arguments, Condition, Either, Probe, Rank, either


def in_one_row(kind: str, clause: Clause) -> bool:
    """Whether an Observation's coded values answer all parts."""
    names = {component.name for component in clause.parameter.components}
    return kind == coded.KIND and names <= IN_CODED_VALUES


def probe(clause: Clause, arguments: Arguments) -> Probe:
    pairs = [_pair(clause, value, arguments) for value in _values(clause)]
    doubts = [f"{code.condition} AND {said.doubt}" for code, said in pairs if said.doubt]
    by_code = all(code.rank is Rank.CODE for code, _ in pairs)
    code, said = pairs[0]
    return Probe(
        table="coded_value",
        condition=either([f"{code.condition} AND {said.condition}" for code, said in pairs]),
        rank=Rank.PAIR if by_code else max(said.rank for _, said in pairs),
        doubt=either(doubts) if doubts else "",
        place=said.place,
        columns=code.columns | said.columns,
        ahead=code.condition if _ahead(pairs) else "",
    )


def _ahead(pairs: Sequence[tuple[Probe, Probe]]) -> bool:
    """Whether they are one code and numbers; concepts have an index in the order of time."""
    code, said = pairs[0]
    return len(pairs) == 1 and code.ahead != "" and said.columns == {"value"}


def _pair(clause: Clause, value: Together, arguments: Arguments) -> tuple[Probe, Probe]:
    """The code and what is said of it."""
    code, said = (
        coded.MAKERS[component.name](Clause(parameter=component, values=(part,)), arguments)
        for component, part in zip(clause.parameter.components, value.parts, strict=True)
    )
    assert isinstance(code, Probe)
    assert isinstance(said, Probe)
    return code, said


def apart(clause: Clause) -> Iterator[Clause]:
    """For each component a clause that whatever meets the composite meets too."""
    for place, component in enumerate(clause.parameter.components):
        values = dict.fromkeys(value.parts[place] for value in _values(clause))
        yield Clause(parameter=component, values=tuple(values))


def exact(kind: str, clause: Clause) -> bool:
    """Whether the parts apart ask the same: of one value, and of elements that occur once."""
    here, components = TABLE[kind], clause.parameter.components
    alike = all(here[component.name].paths == component.paths for component in components)
    return alike and len(clause.values) == 1 and clause.parameter.paths == (THIS,)


def uncertain(condition: Condition) -> Condition:
    """The same, with every row of it in doubt."""
    if isinstance(condition, Either):
        return replace(condition, probes=tuple(map(_doubted, condition.probes)))
    return _doubted(condition)


def _doubted(probe: Probe) -> Probe:
    return replace(probe, doubt=probe.condition)


def _values(clause: Clause) -> list[Together]:
    return [value for value in clause.values if isinstance(value, Together)]
