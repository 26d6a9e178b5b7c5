"""A transaction: DELETE, POST, PUT and PATCH, GET in this order, written and settled together.

http://hl7.org/fhir/R4/http.html#trules
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.errors import Forbidden, Invalid, Issue, ServiceError
from service.fhir.audit_event import Trace
from service.fhir.bundles import ReplyEntry
from service.interactions import auditing
from service.interactions.conditional_references import resolved
from service.interactions.conditions import held
from service.interactions.context import Context, Dispatch
from service.interactions.draft import Draft
from service.interactions.entry import Entry, answered, located, naming, skipped
from service.interactions.messages import Preference, Response
from service.interactions.permission import readable
from service.interactions.plan import Plan, Planned, by_kind, deletions, planned
from service.interactions.write import applied, checked, removed
from service.store import audit
from service.store.write import Stored

MOST_ISSUES = 100
"""So many issues of a refused transaction are said."""
Said = Mapping[int, tuple[Issue, ...]]
"""By the entry's index: what is to be said of a resource that is stored."""


async def transact(
    context: Context, entries: Sequence[Entry], prefer: Preference, dispatch: Dispatch
) -> list[ReplyEntry]:
    """One answer per entry, in the order sent; any failure undoes everything."""
    answers = {entry.index: skipped(entry) for entry in entries if entry.skippable}
    served = [entry for entry in entries if entry.index not in answers]
    kinds = by_kind(context, served, dispatch)
    met = await held(context, kinds)
    gone = deletions(kinds, met)
    left = await removed(context, {step.identity: step.expected for step in gone})
    answers |= {entry.index: ReplyEntry(status=204) for entry in kinds.get("delete", ())}
    plan = await planned(context, kinds, met, gone)
    plan = replace(plan, names=plan.names.joined(await resolved(context, plan.writes)))
    drafts, said = await _checked(context, plan, prefer)
    stored = await applied(context, drafts, left)
    answers |= _written(context, plan, stored, said)
    asked = {entry.index: kind for kind, entries in kinds.items() for entry in entries}
    _record(context, (*gone, *plan.writes, *plan.found), stored, asked)
    for entry in plan.reads:
        answers[entry.index] = await _read(context, entry, dispatch)
    return [answers[entry.index] for entry in entries]


async def _checked(
    context: Context, plan: Plan, prefer: Preference
) -> tuple[list[Draft], dict[int, tuple[Issue, ...]]]:
    """Drafts of everything to be stored, and what is to be said of them.

    Raises one error with what is wrong in any entry: `Forbidden` where any of it is.
    """
    drafts, said, refused = list[Draft](), dict[int, tuple[Issue, ...]](), list[ServiceError]()
    for step in plan.writes:
        await asyncio.sleep(0)
        resource = plan.resource(step)
        try:
            said[step.entry.index] = checked(context.site, resource, prefer)
        except ServiceError as error:
            refused.append(located(error, step.entry))
        drafts.append(
            Draft(
                identity=step.identity,
                resource=resource,
                expected=step.expected,
                method=step.entry.request.method,
                lenient=prefer.lenient,
                kept=step.kept,
                place=step.entry.place,
            )
        )
    if refused:
        forbidden = any(isinstance(error, Forbidden) for error in refused)
        issues = [issue for error in refused for issue in error.issues][:MOST_ISSUES]
        raise (Forbidden if forbidden else Invalid)("The transaction is refused.", issues=issues)
    return drafts, said


def _written(context: Context, plan: Plan, stored: Stored, said: Said) -> dict[int, ReplyEntry]:
    versions = {version.identity: version for version in stored.versions}
    answers = dict[int, ReplyEntry]()
    for step in (*plan.writes, *plan.found):
        version = versions.get(step.identity) or step.present
        assert version is not None
        response = Response(
            status=201 if _is_new(step, stored) else 200,
            version=version,
            location=f"{version.identity}/_history/{version.number}",
            body=version.body if readable(context, version) else None,
            issues=said.get(step.entry.index, ()),
        )
        answers[step.entry.index] = answered(step.entry, response, context.site.base_url)
    return answers


def _record(
    context: Context, steps: Sequence[Planned], stored: Stored, asked: Mapping[int, str]
) -> None:
    """Every entry that wrote is an access of its own; those that read record themselves. `asked`
    names the interaction by the entry's index."""
    versions = {version.identity: version for version in stored.versions}
    traces = list[Trace]()
    for step in steps:
        request, name = step.entry.request, asked[step.entry.index]
        version = None if name == "delete" else versions.get(step.identity) or step.present
        response = Response(status=200, version=version, about=step.identity)
        traces += auditing.traces(context.tx.access, name, request, response)
    audit.record(context.tx, traces)


def _is_new(step: Planned, stored: Stored) -> bool:
    return not step.already and step.identity in stored.created


async def _read(context: Context, entry: Entry, dispatch: Dispatch) -> ReplyEntry:
    with naming(entry):
        response = await dispatch.within(context, entry.request)
    return answered(entry, response, context.site.base_url)
