"""Generated resources of several types that refer to one another, and searches along the way."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from service.fhir.search.parameters import TABLE, Kind, Parameter
from tests.store.generated import clauses, concept, having, quantity, some
from tests.store.searched import BASE

Made = st.SearchStrategy[Any]

MOST = 4
"""Resources of each type."""
REFERENCES = (
    *("Patient/1", "Patient/1", "Patient/2", "Patient/3", "Patient/2/_history/3"),
    *(f"{BASE}/Patient/1", "http://other.example/Patient/1", "urn:uuid:c1", "#p", "Group/1"),
    *("Encounter/1", "Encounter/1", "Encounter/2", "Encounter/3"),
    *("Observation/1", "Observation/1", "Observation/2", "Observation/3"),
    *("QuestionnaireResponse/1", "QuestionnaireResponse/2", "Practitioner/1"),
)


def naming(*types: str) -> Made:
    """A reference that leads to one of the types more often than not."""
    fitting = [text for text in REFERENCES if any(kind in text for kind in types)]
    likely = st.sampled_from(fitting)
    text = st.one_of(likely, likely, likely, st.sampled_from(REFERENCES))
    plain = text.map(lambda found: {"reference": found})
    return st.one_of(
        plain,
        plain,
        having(
            reference=text,
            type=st.sampled_from(("Patient", "Encounter")),
            identifier=st.just({"system": "urn:mrn", "value": "mrn"}),
        ),
    )


patient, encounter = naming("Patient"), naming("Encounter")
WORLD: dict[str, dict[str, Made]] = {
    "Encounter": {
        "status": st.sampled_from(("planned", "finished")),
        "subject": patient,
        "partOf": encounter,
        "reasonReference": some(naming("Observation")),
    },
    "Observation": {
        "status": st.sampled_from(("final", "amended")),
        "category": some(concept),
        "code": concept,
        "subject": patient,
        "encounter": encounter,
        "hasMember": some(naming("Observation", "QuestionnaireResponse")),
        "focus": some(naming("Patient", "Encounter", "Observation")),
        "effectiveDateTime": st.sampled_from(("2026-05-03", "2026-06-01T10:00Z")),
        "valueQuantity": quantity,
    },
    "Patient": {
        "gender": st.sampled_from(("male", "female")),
        "birthDate": st.sampled_from(("1990", "1991-05-03")),
        "name": some(having(family=st.sampled_from(("Müller", "O'Brien")))),
        "link": some(having(other=patient)),
    },
    "QuestionnaireResponse": {
        "status": st.sampled_from(("completed", "in-progress")),
        "subject": naming("Patient", "Encounter"),
        "encounter": encounter,
        "source": patient,
        "authored": st.sampled_from(("2026-05-03", "2026-06-01T10:00Z")),
    },
}
LIKELY = {
    "Encounter": ("status=finished", "status:not=finished", "_id=1", "part-of:missing=true"),
    "Observation": (
        *("status=final", "code=44261-6", "category=survey", "date=ge2026-05-03", "_id=1,2"),
        *("code:missing=false", "value-quantity:missing=false", "status:not=amended"),
        *("encounter=1", "subject:Patient=1,2", "_lastUpdated=gt2020"),
    ),
    "Patient": (
        *("gender=male", "gender:not=male", "name=mul", "birthdate=lt1991", "_id=1,3"),
        "name:missing=true",
    ),
    "QuestionnaireResponse": ("status=completed", "authored=2026-05-03", "source=Patient/1"),
}
"""Conditions that about half of the resources meet."""


@st.composite
def worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Several of each type."""
    return [
        {"resourceType": kind, "id": str(place + 1), **elements}
        for kind, made in WORLD.items()
        for place, elements in enumerate(
            draw(st.lists(_mostly(made), min_size=3, max_size=MOST)),
        )
    ]


def _mostly(made: dict[str, Made]) -> Made:
    """With all members, or any of them."""
    whole = st.fixed_dictionaries(made)
    return st.one_of(whole, whole, having(**made))


@st.composite
def conditions(draw: st.DrawFn, kind: str, steps: int) -> str:
    """On a resource of `kind`, and as many steps away as are given."""
    if steps == 0:
        likely = st.sampled_from(LIKELY[kind])
        return draw(st.one_of(likely, likely, likely, clauses(kind)))
    ways = draw(st.sampled_from((_chains, _reverses)))
    start, other = draw(st.sampled_from(list(ways(kind))))
    return start + draw(conditions(other, steps - 1))


def _chains(kind: str) -> Iterator[tuple[str, str]]:
    """The beginnings of chains, and the types they lead to: with the type said, and without where
    it cannot be just any."""
    for parameter in _references(kind):
        for other in WORLD:
            if not parameter.targets or other in parameter.targets:
                yield f"{parameter.name}:{other}.", other
                if parameter.targets:
                    yield f"{parameter.name}.", other


def _reverses(kind: str) -> Iterator[tuple[str, str]]:
    for source in WORLD:
        for parameter in _references(source):
            if not parameter.targets or kind in parameter.targets:
                yield f"_has:{source}:{parameter.name}:", source


def _references(kind: str) -> list[Parameter]:
    return [
        p
        for p in TABLE[kind].values()
        if p.kind is Kind.REFERENCE and p.paths[0].partition(".")[0] in WORLD[kind]
    ]


@st.composite
def linked_searches(draw: st.DrawFn) -> str:
    """A search by links of some steps, and perhaps by a parameter of its own."""
    kind = draw(st.sampled_from(sorted(WORLD)))
    steps = draw(st.lists(st.sampled_from((1, 1, 1, 2, 2, 3, 4)), min_size=1, max_size=2))
    asked = [draw(conditions(kind, number)) for number in steps]
    own = draw(st.lists(conditions(kind, 0), max_size=1))
    return f"{kind}?{'&'.join([*asked, *own])}"
