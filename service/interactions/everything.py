"""GET [base]/Patient/[id]/$everything: one patient's whole record.

http://hl7.org/fhir/R4/patient-operation-everything.html
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir import bundles
from service.fhir.bundles import Mode, SearchEntry
from service.fhir.compartment_definitions import CARE_DATES, ITSELF, served
from service.fhir.datatypes import covered
from service.fhir.resource import Identity, Version
from service.fhir.scopes import Verb
from service.fhir.search.parameters import TABLE
from service.fhir.search.parameters.every_type import LAST_UPDATED
from service.fhir.search.parse import parse
from service.fhir.search.query import Clause, Coded, Modifier, Query
from service.fhir.search.refusal import quoted
from service.fhir.search.within import within
from service.fhir.types import STORED
from service.interactions.asked import CURSOR, PAGED, Asked, asked, part, url
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.parameters import parameters
from service.interactions.ports import Operation
from service.interactions.read import standing
from service.interactions.table import Level
from service.store import cursor
from service.store.everything import Wanted
from service.store.everything import everything as find

PREFIXES = {"start": "ge", "end": "le"}
OWN = (*PREFIXES, "_since", "_type")
OPERATION = Operation(
    name="everything",
    definition="http://hl7.org/fhir/OperationDefinition/Patient-everything",
    documentation=(
        "The patient, everything in the patient's compartment, and what that refers to on this "
        "server and is of no other patient's record; each once, the patient first."
    ),
    levels=(Level.INSTANCE,),
    types=("Patient",),
    parameters=(*OWN, *sorted(PAGED), CURSOR),
    verbs=(Verb.READ, Verb.SEARCH),
)


async def everything(context: Context, request: Request) -> Response:
    """A searchset Bundle. Raises `NotFound` or `Gone` as reading the patient would."""
    owner = Identity(type=request.path[0], id=request.path[1])
    given = asked(
        context.site, request, what="$everything", pairs=_pairs(request), shape=PAGED, own=OWN
    )
    patient = await standing(context, owner)
    here = "/".join((context.site.base_url, *request.path))
    page = await find(
        context.tx,
        _wanted(context, owner, patient, given),
        given.cursor,
        cursor.asked("/".join(request.path), given.used),
    )
    body = bundles.searchset(
        [
            *(_entry(version, given.shape, Mode.MATCH) for version in page.inside),
            *(_entry(version, given.shape, Mode.INCLUDE) for version in page.named),
        ],
        base_url=context.site.base_url,
        self_url=url(here, given.used, given.cursor),
        next_url=url(here, given.used, page.next) if page.next else None,
        total=page.total,
    )
    return Response(status=200, body=body, told=(*page.inside, *page.named))


def _pairs(request: Request) -> Iterator[tuple[str, str]]:
    """Each parameter once: types that are given one by one are one list."""
    for name, values in parameters(request, OPERATION.parameters).items():
        texts = [str(value) for value in values if isinstance(value, str | int)]
        if len(texts) < len(values) or (len(texts) > 1 and name != "_type"):
            raise BadRequest(f"The parameter {quoted(name)} takes one value.")
        yield name, ",".join(texts)


def _wanted(context: Context, owner: Identity, patient: Version, given: Asked) -> Wanted:
    types = _types(given.own.get("_type"))
    since = _instant(context, "_since", given.own.get("_since"))
    limits = _limits(context, given)
    whole = [_query(context, name, owner, limits) for name in served(owner.type) if name in STORED]
    recent = () if since is None else (_written(context, given.own["_since"]),)
    inside = [
        replace(query, clauses=(*query.clauses, *recent, *_other_than(query, owner)))
        for query in whole
        if types is None or query.type in types
    ]
    shown = (types is None or owner.type in types) and (
        since is None or patient.last_updated >= since
    )
    return Wanted(
        patient=patient if shown else None,
        inside=inside,
        whole=whole,
        types=types,
        since=since,
        count=0 if given.shape.counts_only else given.shape.count,
    )


def _types(text: str | None) -> Sequence[str] | None:
    if text is None:
        return None
    types = text.split(",")
    for name in types:
        if name not in STORED:
            raise BadRequest(f"'_type' takes types that are served here, not {quoted(name)}.")
    return types


def _limits(context: Context, given: Asked) -> Sequence[str]:
    """The time of care that is asked for, as a search for dates says it."""
    named = [(name, prefix) for name, prefix in PREFIXES.items() if name in given.own]
    for name, _ in named:
        _instant(context, name, given.own[name])
    return [f"{prefix}{given.own[name]}" for name, prefix in named]


def _query(context: Context, type_name: str, owner: Identity, limits: Sequence[str]) -> Query:
    """What of a type is in the compartment, where it bears a date inside the limits."""
    date = CARE_DATES.get(type_name)
    pairs = [(date, limit) for limit in limits if date is not None]
    query = parse(type_name, pairs, zone=context.site.zone, base_url=context.site.base_url)
    return within(replace(query, merged=True), owner)


def _written(context: Context, since: str) -> Clause:
    """On the time of the last write, which every type knows alike."""
    pairs = [(LAST_UPDATED, f"ge{since}")]
    site = context.site
    return parse("Patient", pairs, zone=site.zone, base_url=site.base_url).clauses[0]


def _other_than(query: Query, owner: Identity) -> Sequence[Clause]:
    """The patient is told first, and not again."""
    if query.type != owner.type:
        return ()
    own = Coded(system=None, code=owner.id)
    parameter = TABLE[owner.type][ITSELF]
    return (Clause(parameter=parameter, modifier=Modifier.NOT, values=(own,)),)


def _instant(context: Context, name: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else covered(text, context.site.zone)[0]
    except (ValueError, OverflowError):
        raise BadRequest(f"'{name}' takes a date or an instant.") from None


def _entry(version: Version, shape: Query, mode: Mode) -> SearchEntry:
    assert version.body is not None
    return SearchEntry(identity=version.identity, body=part(version.body, shape), mode=mode)
