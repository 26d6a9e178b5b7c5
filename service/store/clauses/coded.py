"""What the table `coded_value` answers of a search of Observations.

The rows of one Observation itself (component 0) are every combination of its codes, categories and
value concepts, and say its patient, status, time and quantity alike: one row can therefore meet one
condition on each of these at once, and a search by patient is one scan of one index.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from service.fhir.search.elements import named
from service.fhir.search.query import Clause, Coded, Modifier
from service.store.clauses import name, status, string, token
from service.store.clauses.date import moments, related
from service.store.clauses.probe import (
    TENANT,
    Arguments,
    Condition,
    Either,
    Lanes,
    Probe,
    Rank,
    either,
    one_of,
    pairs,
)
from service.store.clauses.quantity import measured
from service.store.hashing import hash64
from service.store.index import WORDS_KEY, long_key

KIND = "Observation"
ITSELF, COMPONENT, BOTH = "@.component = 0", "@.component > 0", ""
EVERYWHERE = frozenset({"encounter", "patient", "status", "effective"})
"""What every row of an Observation says alike, those of its components too."""
ALIKE = frozenset({"value", "words"})
"""What every row of an Observation itself says alike, however many conditions there are on it."""

Maker = Callable[[Clause, Arguments], Condition]
DATED = "@.high > '-infinity'"
"""An Observation without a time is kept with both ends there, so that it sorts last."""


REFERENCES: Mapping[str, str] = MappingProxyType(
    {"encounter": "encounter", "patient": "patient", "subject": "patient"}
)
"""The parameters of Observation that refer to what a column names."""


def column_of(kind: str, name: str) -> str | None:
    """Where coded values say what a parameter of a type refers to; None: they do not."""
    return REFERENCES.get(name) if kind == KIND else None


def reference(clause: Clause, arguments: Arguments, base_url: str) -> Condition:
    """A parameter of `REFERENCES`."""
    if clause.modifier is Modifier.IDENTIFIER:
        return token.probe(KIND, clause, arguments)
    if clause.parameter.name == "encounter":
        return _named("encounter", name.texts(clause), arguments)
    return _subject(clause, arguments, base_url)


def _subject(clause: Clause, arguments: Arguments, base_url: str) -> Condition:
    """`patient` and `subject`: the column holds a subject that is or can be a Patient, and what
    is none is a term like any other reference."""
    here, elsewhere = [], []
    for text in name.texts(clause):
        kind = named(text, base_url)[1]
        if kind in (None, "Patient"):
            here.append(text)
        if clause.parameter.name == "subject" and kind != "Patient":
            elsewhere.append(text)
    found = []
    if here or not elsewhere:
        found.append(_named("patient", here, arguments))
    if elsewhere:
        found.append(name.of_texts(KIND, "subject", elsewhere, arguments))
    return found[0] if len(found) == 1 else Either(probes=tuple(found))


def _named(column: str, texts: Sequence[str], arguments: Arguments) -> Probe:
    hashes = [hash64(text) for text in texts]
    return Probe(
        table="coded_value",
        condition=one_of(f"@.{column}", hashes, arguments),
        rank=Rank.PATIENT if column == "patient" else Rank.NAME,
        place=ITSELF,
        columns=frozenset({column}),
        narrow=len(hashes) == 1,
    )


def _words(clause: Clause, arguments: Arguments) -> Probe:
    """The code's words, which are kept once for all who say them."""
    said = string.begins(WORDS_KEY, clause, arguments)
    return Probe(
        table="coded_value",
        condition=_said(said.condition),
        rank=Rank.VALUE,
        doubt=_said(said.doubt) if said.doubt else "",
        place=ITSELF,
        columns=frozenset({"words"}),
        lanes=Lanes(column="words", query=_texts(said.condition)),
    )


def _said(wanted: str) -> str:
    """SQL for "the words of the row are of a text that is `wanted`"."""
    return f"@.words = ANY(ARRAY({_texts(wanted)}))"


def _texts(wanted: str) -> str:
    texts = f"SELECT DISTINCT w.words FROM wording w WHERE w.tenant_id = {TENANT} AND {wanted}"
    return texts.replace("@.", "w.")


def _concept(column: str, where: str, clause: Clause, arguments: Arguments) -> Probe:
    """Codes in `column` with their systems beside them."""
    if clause.modifier is Modifier.TEXT and clause.parameter.name == "code":
        return _words(clause, arguments)
    if clause.modifier is Modifier.TEXT:
        return token.probe(KIND, clause, arguments)
    first, second = f"@.{column}", f"@.{column}_system"
    parts = []
    if coded := list(_coded(clause)):
        parts.append(pairs(first, second, iter(coded), arguments))
    if systems := list(_systems(clause)):
        parts.append(one_of(second, systems, arguments))
    return Probe(
        table="coded_value",
        condition=f"({either(parts)})",
        rank=Rank.NEVER if systems else RANKS[column],
        negated=clause.modifier is Modifier.NOT,
        place=where,
        columns=frozenset({column}),
        lanes=None if systems or column not in TIMED else _listed(column, coded),
        ahead=parts[0] if column == "code" and not systems and len(coded) == 1 else "",
    )


def _listed(column: str, coded: Sequence[tuple[int, int | None]]) -> Lanes | None:
    """One code is read in its order as it is."""
    codes = tuple(dict.fromkeys(code for code, _ in coded))
    return Lanes(column=column, values=codes, leading=TIMED[column]) if len(codes) > 1 else None


TIMED: Mapping[str, bool] = MappingProxyType({"category": True, "code": False})
"""Columns that an index has by time, and whether only of the rows that lead."""
RANKS: Mapping[str, Rank] = MappingProxyType(
    {"category": Rank.CATEGORY, "code": Rank.CODE, "concept": Rank.CONCEPT}
)


def _coded(clause: Clause) -> Iterator[tuple[int, int | None]]:
    for value in clause.values:
        if isinstance(value, Coded) and value.code is not None:
            yield hash64(value.code), None if value.system is None else hash64(value.system)


def _systems(clause: Clause) -> Iterator[int]:
    for value in clause.values:
        if isinstance(value, Coded) and value.code is None:
            yield hash64(value.system or "")


def _effective(clause: Clause, arguments: Arguments) -> Probe:
    key = long_key(KIND, clause.parameter.name)
    parts = [related(key, "@.low", "@.high", value, arguments) for value in moments(clause)]
    return Probe(
        table="coded_value",
        condition=f"({either(parts)}) AND {DATED}",
        rank=Rank.EFFECTIVE,
        place=ITSELF,
        columns=frozenset({"effective"}),
        lanes=ALL,
    )


ALL = Lanes(column="category", there="c.lead", nullable=True, leading=True)
"""Every Observation, by categories: few, and each has an index in the order of time."""


def _value(where: str, clause: Clause, arguments: Arguments) -> Probe:
    found, doubt = measured("@.value_low", "@.value_high", "@.unit", clause, arguments)
    return Probe(
        table="coded_value",
        condition=f"({found})",
        rank=Rank.QUANTITY,
        doubt=f"({doubt})",
        place=where,
        columns=frozenset({"value"}),
    )


MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "category": partial(_concept, "category", ITSELF),
        "code": partial(_concept, "code", ITSELF),
        "combo-code": partial(_concept, "code", BOTH),
        "combo-value-concept": partial(_concept, "concept", BOTH),
        "combo-value-quantity": partial(_value, BOTH),
        "component-code": partial(_concept, "code", COMPONENT),
        "component-value-concept": partial(_concept, "concept", COMPONENT),
        "component-value-quantity": partial(_value, COMPONENT),
        "date": _effective,
        "status": status.probe,
        "value-concept": partial(_concept, "concept", ITSELF),
        "value-quantity": partial(_value, ITSELF),
    }
)

PRESENT: Mapping[str, str] = MappingProxyType(
    {
        "category": f"@.category_system IS NOT NULL AND {ITSELF}",
        "code": f"@.code_system IS NOT NULL AND {ITSELF}",
        "combo-code": "@.code_system IS NOT NULL",
        "combo-value-concept": "@.concept_system IS NOT NULL",
        "combo-value-quantity": "@.value_low IS NOT NULL",
        "component-code": f"@.code_system IS NOT NULL AND {COMPONENT}",
        "component-value-concept": f"@.concept_system IS NOT NULL AND {COMPONENT}",
        "component-value-quantity": f"@.value_low IS NOT NULL AND {COMPONENT}",
        "date": f"{DATED} AND {ITSELF}",
        "encounter": f"@.encounter IS NOT NULL AND {ITSELF}",
        "patient": f"@.patient IS NOT NULL AND {ITSELF}",
        "status": f"@.status <> {hash64('')} AND {ITSELF}",
        "subject": f"@.patient IS NOT NULL AND {ITSELF}",
        "value-concept": f"@.concept_system IS NOT NULL AND {ITSELF}",
        "value-quantity": f"@.value_low IS NOT NULL AND {ITSELF}",
    }
)
"""How a row says that there is a value."""
ABSENT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "date": (f"NOT ({DATED})", "effective"),
        "encounter": ("@.encounter IS NULL", "encounter"),
        "patient": ("@.patient IS NULL", "patient"),
        "value-quantity": ("@.value_low IS NULL", "value"),
    }
)
"""How a row says that there is none, of what all rows of the Observation itself say alike; and what
it is about."""
EVERY = Probe(
    table="coded_value",
    condition="true",
    rank=Rank.EFFECTIVE,
    place=ITSELF,
    columns=EVERYWHERE,
    lanes=ALL,
)
"""Every Observation."""


def absence(name: str) -> Probe:
    """Of a parameter in `ABSENT`: read off the row, where other conditions are."""
    condition, column = ABSENT[name]
    return Probe(
        table="coded_value", condition=condition, place=ITSELF, columns=frozenset({column})
    )


def presence(clause: Clause, arguments: Arguments) -> Condition:
    found = Probe(table="coded_value", condition=PRESENT[clause.parameter.name])
    if clause.parameter.name != "subject":
        return found
    return Either(probes=(found, name.presence(KIND, clause, arguments)))
