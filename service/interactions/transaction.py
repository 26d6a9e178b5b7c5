"""A transaction: entries in the order DELETE, POST, PUT, GET, written and settled together.

http://hl7.org/fhir/R4/http.html#trules
"""

import asyncio
from collections.abc import Sequence

from service.errors import Invalid, Issue, ServiceError
from service.fhir.bundles import ReplyEntry
from service.fhir.resource import Identity, Version
from service.interactions.context import Context, Dispatch
from service.interactions.entry import Entry, answered, located, skipped
from service.interactions.messages import Preference, Response, Return
from service.interactions.plan import Plan, Planned, planned
from service.interactions.write import Draft, applied, checked
from service.store.write import CREATE

MOST_ISSUES = 100
"""So many issues of a refused transaction are said."""


async def transact(
    context: Context, entries: Sequence[Entry], prefer: Preference, dispatch: Dispatch
) -> list[ReplyEntry]:
    """One answer per entry, in the order sent; any failure undoes everything."""
    passed = [entry for entry in entries if prefer.lenient and not entry.served]
    answers = {entry.index: skipped(entry) for entry in passed}
    served = [entry for entry in entries if entry.index not in answers]
    plan = await planned(context, served, dispatch)
    drafts = await _checked(context, plan, prefer)
    versions = await applied(context, drafts, [step.identity for step in plan.deletions])
    answers |= {step.entry.index: ReplyEntry(status=204) for step in plan.deletions}
    answers |= _written(context, plan, {v.identity: v for v in versions}, prefer)
    for entry in plan.reads:
        answers[entry.index] = await _read(context, entry, dispatch)
    return [answers[entry.index] for entry in entries]


async def _checked(context: Context, plan: Plan, prefer: Preference) -> list[Draft]:
    """Drafts of everything to be stored. Raises one `Invalid` with what is wrong in any entry."""
    drafts, issues = list[Draft](), list[Issue]()
    for step in plan.writes:
        await asyncio.sleep(0)
        resource = plan.resource(step)
        try:
            checked(context, resource, prefer)
        except ServiceError as error:
            issues.extend(located(error, step.entry).issues)
        expected = CREATE if step.created else step.expected
        drafts.append(
            Draft(
                identity=step.identity,
                resource=resource,
                expected=expected,
                lenient=prefer.lenient,
            )
        )
    if issues:
        raise Invalid("The transaction is refused.", issues=issues[:MOST_ISSUES])
    return drafts


def _written(
    context: Context, plan: Plan, versions: dict[Identity, Version], prefer: Preference
) -> dict[int, ReplyEntry]:
    answers = dict[int, ReplyEntry]()
    for step in (*plan.writes, *plan.found):
        version = versions.get(step.identity) or step.present
        assert version is not None
        response = Response(
            status=201 if _is_new(step, version) else 200,
            version=version,
            location=f"{version.identity}/_history/{version.number}",
            body=version.body,
        )
        wanted = prefer.answer is Return.REPRESENTATION
        answers[step.entry.index] = answered(response, context.site.base_url, with_body=wanted)
    return answers


def _is_new(step: Planned, version: Version) -> bool:
    return not step.already and version.number == 1


async def _read(context: Context, entry: Entry, dispatch: Dispatch) -> ReplyEntry:
    try:
        response = await dispatch.within(context, entry.request)
    except ServiceError as error:
        raise located(error, entry) from error
    return answered(response, context.site.base_url, with_body=True)
