"""Every search that could pick, sort or compare many patients by what they expressed.

They are made from the table of search parameters, so that a new parameter is asked from its first
day: each one that reads the value of an Observation, alone, as a sort, along every reference.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC

from service.clinical.canonical import EXPRESSION, FINDING
from service.clinical.catalogue import catalogue
from service.clinical.terminology import vocabulary
from service.errors import Issue, ServiceError
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.parse import offered, parse
from service.fhir.search.query import Modifier, Query
from tests.conformance.clinical_rules.registers import BASE, packaged

VOCABULARY = vocabulary(catalogue())

Pairs = list[tuple[str, str]]
Admit = Callable[[Query], Sequence[Issue]]

EPISODES = ("code", f"{EXPRESSION}|expression-episode")
PACE = ("code", f"{FINDING}|pace")
THERAPY = ("category", "therapy")
VALUE = "value["
NUMBERS = ("gt5", "lt2")
PRESENCE = "expression-presence"


def unrefused(admit: Admit) -> Iterator[str]:
    for type_name, pairs in searches():
        try:
            query = parse(type_name, pairs, zone=UTC, base_url=BASE, value_sets=VOCABULARY.codes_of)
        except ServiceError:
            continue
        if not admit(query):
            asked = "&".join(f"{name}={value}" for name, value in pairs)
            yield f"{type_name}?{asked} is answered."


def searches() -> Iterator[tuple[str, Pairs]]:
    for parameter in TABLE["Observation"].values():
        if reads_value(parameter):
            for about, asked in questions(parameter):
                yield from everywhere(about, asked)
            for about in (EPISODES, PACE, THERAPY):
                for sign in ("", "-"):
                    yield "Observation", [about, ("_sort", f"{sign}{parameter.name}")]
    yield from everywhere([], [("code", f"{FINDING}|first-expression")])
    yield from everywhere([], [("combo-code", "first-expression")])


def reads_value(parameter: Parameter) -> bool:
    """Whether it reads what an Observation or one of its components says."""
    paths = (*parameter.paths, *(path for part in parameter.components for path in part.paths))
    return any(VALUE in path for path in paths)


def questions(parameter: Parameter) -> Iterator[tuple[Pairs, Pairs]]:
    """What the search is about, and what it asks of it."""
    name = parameter.name
    match parameter.kind:
        case Kind.TOKEN:
            yield from (([], [(name, said)]) for said in (f"{EXPRESSION}|tears", "tears"))
            for modifier in offered(parameter):
                yield [EPISODES], [(f"{name}:{modifier}", _value_for(modifier))]
        case Kind.QUANTITY:
            yield from _numbers(name)
        case Kind.COMPOSITE:
            yield from _composites(parameter)
        case Kind.DATE:
            yield [EPISODES], [(name, "2026")]
        case _:
            yield [EPISODES], [(name, "Tears")]


def _numbers(name: str) -> Iterator[tuple[Pairs, Pairs]]:
    for about in (EPISODES, PACE, THERAPY):
        for number in NUMBERS:
            yield [about], [(name, number)]
    yield [EPISODES], [(f"{name}:missing", "false")]
    if name != "value-quantity":
        # Of components alone: whole Observations of expression hold no number of how strongly.
        yield [], [(name, "lt2|http://unitsofmeasure.org|{sessions}")]


def _value_for(modifier: Modifier) -> str:
    if modifier is Modifier.MISSING:
        return "false"
    if modifier in (Modifier.IN, Modifier.NOT_IN):
        return next(
            r["url"] for r in packaged() if r["resourceType"] == "ValueSet" and PRESENCE in r["id"]
        )
    return f"{EXPRESSION}|tears" if modifier is not Modifier.TEXT else "Tears"


def _composites(parameter: Parameter) -> Iterator[tuple[Pairs, Pairs]]:
    name, value = parameter.name, parameter.components[1]
    if value.kind is Kind.TOKEN:
        yield [], [(name, f"{EXPRESSION}|{PRESENCE}${EXPRESSION}|tears")]
        yield [], [(name, f"{PRESENCE}$tears")]
        yield [], [(name, f"{FINDING}|therapist-response${EXPRESSION}|silence")]
    elif value.kind is Kind.QUANTITY:
        yield [], [(name, f"{EXPRESSION}|expression-intensity$gt5")]
        yield [], [(name, f"{FINDING}|sessions-between$lt2")]
        yield [], [(name, "sessions-between$lt2")]
        yield [EPISODES], [(name, "http://a.example|x$gt5")]
    else:
        yield [], [(name, f"{EXPRESSION}|expression-episode$2026")]


def everywhere(about: Pairs, asked: Pairs) -> Iterator[tuple[str, Pairs]]:
    """Of Observations themselves, of what refers to them, and of what they refer to."""
    yield "Observation", [*about, *asked]
    for type_name, parameters in TABLE.items():
        for reference in parameters.values():
            if reference.kind is Kind.REFERENCE and "Observation" in (
                reference.targets or ("Observation",)
            ):
                yield type_name, _under(f"{reference.name}:Observation.", [*about, *asked])
    for reference in TABLE["Observation"].values():
        if reference.kind is Kind.REFERENCE:
            for target in reference.targets or tuple(TABLE):
                if target in TABLE:
                    yield target, _under(f"_has:Observation:{reference.name}:", [*about, *asked])


def _under(prefix: str, pairs: Pairs) -> Pairs:
    return [(f"{prefix}{name}", value) for name, value in pairs]
