"""GET or POST [base]/Observation/$lastn: the newest Observations of each code of one subject.

http://hl7.org/fhir/R4/observation-operation-lastn.html

Newest by the start of the effective time. Codes are grouped over the Observations that match, by
`meanings.together`; the group with the newest Observation comes first. As the specification says,
entered-in-error is among them unless `status` is asked. It asks for a category or a code
beside the subject; without either, every code of the subject is answered.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

import orjson

from service.errors import BadRequest, Issue, Severity
from service.fhir import bundles
from service.fhir.body import parse as parsed
from service.fhir.bundles import Mode, SearchEntry
from service.fhir.exact_json import dumps
from service.fhir.meanings import Meaning, meanings, together
from service.fhir.outcome import outcome
from service.fhir.resource import Version
from service.fhir.search.elements import EARLIEST
from service.fhir.search.parameters import TABLE
from service.fhir.search.parse import parse
from service.fhir.search.query import MAX_COUNT, Clause, Coded, Modifier, Query
from service.fhir.search.refusal import quoted
from service.fhir.search.subset import narrows, subset
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.parameters import told
from service.interactions.ports import Operation
from service.interactions.search import admitted
from service.interactions.table import Level
from service.store.latest import Latest, latest

OBSERVATION = "Observation"
MAX = "max"
SHAPING = ("_elements", "_summary")
"""Result parameters that mean something here; there are no pages and no other order."""
FILTERS = frozenset({*TABLE[OBSERVATION], *SHAPING, "_has"})
LASTN = Operation(
    name="lastn",
    definition="http://hl7.org/fhir/OperationDefinition/Observation-lastn",
    documentation="The newest `max` Observations (default 1) of each code of one subject, and those"
    " of the same time as the last of them; with the search parameters of Observation, `patient` or"
    " `subject` among them.",
    levels=(Level.TYPE,),
    types=(OBSERVATION,),
    parameters=(MAX, *TABLE[OBSERVATION], *SHAPING),
)


async def lastn(context: Context, request: Request) -> Response:
    """A searchset Bundle, empty where nothing matches."""
    most, pairs, ignored = _asked(request)
    query = parse(
        OBSERVATION,
        pairs,
        zone=context.site.zone,
        base_url=context.site.base_url,
        value_sets=context.site.ports.value_sets,
        lenient=request.prefer.lenient,
    )
    if query.links:
        raise BadRequest("$lastn follows no chain and no '_has'; a search does.")
    subject = _subject(query)
    admitted(context, query)
    found = await latest(context.tx, query, subject, most or 1)
    groups = [_newest(group, most or 1) for group in together(found, _meanings)]
    groups.sort(key=lambda group: _place(group[0]), reverse=True)
    matches = [one.version for group in groups for one in group]
    used = (*(((MAX, str(most)),) if most else ()), *query.used)
    entries = [] if query.counts_only else [_entry(query, version) for version in matches]
    if issues := (*ignored, *query.ignored):
        body = dumps(outcome(issues))
        entries.append(SearchEntry(identity=None, body=body, mode=Mode.OUTCOME))
    return Response(
        status=200,
        body=bundles.searchset(
            entries,
            base_url=context.site.base_url,
            self_url=f"{context.site.base_url}/{OBSERVATION}/$lastn?{urlencode(used)}",
            total=len(matches),
        ),
        told=tuple(matches),
    )


def _asked(request: Request) -> tuple[int | None, list[tuple[str, str]], tuple[Issue, ...]]:
    """`max`, the parameters of the search, and what was ignored under lenient handling."""
    pairs, limits, ignored = list[tuple[str, str]](), list[str](), list[Issue]()
    for name, value in told(request):
        text = _text(name, value)
        if name == MAX:
            limits.append(text)
        elif name.startswith("_") and name.partition(":")[0] not in FILTERS:
            ignored.append(_unknown(request, name))
        else:
            pairs.append((name, text))
    if len(limits) > 1:
        raise BadRequest("'max' may be given once only.")
    return _most(limits[0]) if limits else None, pairs, tuple(ignored)


def _text(name: str, value: Any) -> str:
    """A primitive value as it would stand in a query."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case dict() | list():
            raise BadRequest(f"The parameter {quoted(name)} takes a text, as in a query.")
        case _:
            return dumps(value).decode()


def _most(text: str) -> int:
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise BadRequest("'max' takes a number from 1 on.", expression=MAX)
    return min(int(text[:9]), MAX_COUNT)


def _unknown(request: Request, name: str) -> Issue:
    message = f"$lastn takes no parameter {quoted(name)}."
    if not request.prefer.lenient:
        raise BadRequest(message, issues=(Issue(code="not-supported", message=message),))
    return Issue(severity=Severity.WARNING, code="not-supported", message=message)


def _subject(query: Query) -> Clause:
    """The clause that names the one subject."""
    for clause in query.clauses:
        if clause.parameter.name in ("patient", "subject") and len(clause.values) == 1:
            (value,) = clause.values
            by_identifier = clause.modifier is Modifier.IDENTIFIER
            if clause.modifier is None or (
                by_identifier and isinstance(value, Coded) and value.code
            ):
                return clause
    raise BadRequest("$lastn needs one subject, named by 'patient' or 'subject'.")


def _meanings(found: Latest) -> tuple[Meaning, ...]:
    assert found.version.body is not None
    return meanings(orjson.loads(found.version.body).get("code"))


def _newest(group: Sequence[Latest], most: int) -> list[Latest]:
    """The first `most`, and those of the same time as the last of them."""
    ordered = sorted(group, key=_place, reverse=True)
    last = ordered[:most][-1].when
    tied = takewhile(lambda found: last is not None and found.when == last, ordered[most:])
    return [*ordered[:most], *tied]


def _place(found: Latest) -> tuple[datetime, int]:
    return found.when or EARLIEST, found.row_id


def _entry(query: Query, version: Version) -> SearchEntry:
    assert version.body is not None
    body = dumps(subset(parsed(version.body), query)) if narrows(query) else version.body
    return SearchEntry(identity=version.identity, body=body)
