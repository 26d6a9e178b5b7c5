"""GET or POST [base]/Observation/$stats: statistics on a subject's measurements.

http://hl7.org/fhir/R4/observation-operation-stats.html

A measurement is the value of an Observation of the code asked, or of a component of that code; of a
panel (an Observation of that code with no value of its own) those of its components and members,
by their codes. Its time is the start of the effective time. Numbers are read to the letter from
the resources, not from the index, and no two units are mixed.
"""

from collections.abc import Iterable, Sequence

from service.errors import BadRequest
from service.fhir.body import parse as parsed
from service.fhir.compartments import patient_of
from service.fhir.datatypes import LAST
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, PatientKey, Version
from service.fhir.scopes import Verb
from service.fhir.search.elements import EARLIEST
from service.fhir.search.matches import matching
from service.fhir.search.parse import parse
from service.fhir.search.query import Naming, Query
from service.fhir.stats.measurements import Observed, is_of, members, observed, panel, series
from service.fhir.stats.observation import samples, statistics_observation
from service.fhir.stats.question import NAMES, Period, Question, question
from service.fhir.stats.statistic import STATISTICS, Sample
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.parameters import parameters
from service.interactions.ports import Operation
from service.interactions.search import admitted
from service.interactions.table import Level
from service.store import store
from service.store.measurements import measured
from service.store.visibility import confined

OBSERVATION = "Observation"
EXCLUDED = "entered-in-error"
STATS = Operation(
    name="stats",
    definition="http://hl7.org/fhir/OperationDefinition/Observation-stats",
    documentation="Statistics on a subject's measurements of a code, one Observation for each code"
    f" and unit: {', '.join(STATISTICS)}.",
    levels=(Level.TYPE,),
    types=(OBSERVATION,),
    parameters=NAMES,
)


async def stats(context: Context, request: Request) -> Response:
    """Parameters with an Observation for each code and unit, and the sources where asked."""
    given = parameters(request, NAMES)
    asked = question(given, now=context.site.now(), zone=context.site.zone)
    query = _of_subject(context, asked.subject)
    admitted(context, query)
    subject = _reference(query)
    observations = await _observations(context, query, subject, asked)
    known = await _with_members(context, query, asked, observations)
    figured = [
        (of.concept, sample)
        for code in asked.codes
        for of in series(code, observations, known, context.site.base_url)
        for sample in samples(of)
    ]
    period = asked.period.element if asked.period else None
    said = [
        statistics_observation(
            concept, sample, subject=subject, period=period, statistics=asked.statistics
        )
        for concept, sample in figured
    ]
    sources = _sources(sample for _, sample in figured)[: asked.limit]
    return Response(
        status=200,
        body=dumps(
            {
                "resourceType": "Parameters",
                "parameter": [
                    *({"name": "statistics", "resource": resource} for resource in said),
                    *({"name": "source", "resource": source.resource} for source in sources),
                ],
            }
        ),
        patients=_patients(context, subject),
    )


def _patients(context: Context, subject: str) -> tuple[PatientKey, ...]:
    """The subject, where it is a patient."""
    about = {"resourceType": OBSERVATION, "subject": {"reference": subject}}
    patient = patient_of(about, context.site.base_url)
    return () if patient is None else (patient,)


def _of_subject(context: Context, subject: str) -> Query:
    site = context.site
    pairs = [("subject", subject)]
    query = parse(OBSERVATION, pairs, zone=site.zone, base_url=site.base_url)
    return confined(query, context.tx.access)


def _reference(query: Query) -> str:
    """The reference, as Observations here are searched by it."""
    (clause,) = query.clauses
    names = [n for v in clause.values if isinstance(v, Naming) for n in v.references]
    if len(names) != 1:
        raise BadRequest("The parameter 'subject' takes one reference, like Patient/123.")
    return names[0]


async def _observations(
    context: Context, query: Query, subject: str, asked: Question
) -> list[Observed]:
    """Those of the subject with one of the codes, in the period."""
    since, until = (asked.period.since, asked.period.until) if asked.period else (EARLIEST, LAST)
    codes = {code.code for code in asked.codes}
    versions = await measured(context.tx, subject, codes, since=since, until=until)
    found = _fitting(context, query, versions)
    if asked.period is None:
        return found
    return [one for one in found if _within(asked.period, one)]


async def _with_members(
    context: Context, query: Query, asked: Question, observations: Sequence[Observed]
) -> dict[Identity, Observed]:
    """What there is, and the members of panels of the codes, their members, and so on; a member
    without a time is as old as its panel."""
    known = {one.identity: one for one in observations}
    tried = set(known)
    panels = [one for one in observations if any(is_of(one, code) for code in asked.codes)]
    while panels:
        named = {m for one in panels for m in members(one.resource, context.site.base_url)}
        versions = await store.read_many(context.tx, tuple(named - tried), Verb.SEARCH)
        tried |= named
        found = [
            one
            for one in _fitting(context, query, versions)
            if asked.period is None or one.when is None or _within(asked.period, one)
        ]
        known |= {one.identity: one for one in found}
        panels = [one for one in found if panel(one.resource)]
    return known


def _fitting(context: Context, query: Query, versions: Iterable[Version]) -> list[Observed]:
    """Those of the subject that no one has taken back; the index knows subjects by hash."""
    found = [
        observed(version.identity, parsed(version.body), context.site.zone)
        for version in versions
        if version.body is not None
    ]
    meets = matching(query)
    return [one for one in found if one.resource.get("status") != EXCLUDED and meets(one.resource)]


def _within(period: Period, one: Observed) -> bool:
    return one.when is not None and period.since <= one.when < period.until


def _sources(figured: Iterable[Sample]) -> list[Observed]:
    """The Observations whose values are counted, newest first."""
    found = {m.source.identity: m.source for sample in figured for m in sample.measurements}
    return sorted(
        found.values(), key=lambda one: (one.when or EARLIEST, one.identity.id), reverse=True
    )
