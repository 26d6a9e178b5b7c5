"""From what a client sent to stored versions: checks, references, one put, findings settled.

Every write of every interaction, and of every entry of a transaction, goes through here.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from service.errors import Forbidden, Invalid, Issue, Severity
from service.fhir.body import tail
from service.fhir.compartments import patient_of
from service.fhir.resource import Identity, PatientKey, Resource
from service.fhir.validation import validate
from service.interactions.context import Context, Site
from service.interactions.draft import Draft
from service.interactions.integrity import refuse_dangling
from service.interactions.messages import Preference
from service.interactions.permission import deletable, refuse_writing
from service.interactions.settle import settle
from service.store import write
from service.store.index import rows
from service.store.write import Expected, Stored, Write

NOBODY: frozenset[PatientKey] = frozenset()


def checked(site: Site, resource: Resource, prefer: Preference) -> tuple[Issue, ...]:
    """What is to be said of a resource that may be stored.

    Raises `Invalid`, or `Forbidden` where only the service itself may write such a resource.
    """
    issues = examined(site, resource)
    refusing = {Severity.ERROR, Severity.FATAL}
    if prefer.strict:
        refusing.add(Severity.WARNING)
    refused = tuple(issue for issue in issues if issue.severity in refusing)
    if any(issue.code == "forbidden" for issue in refused):
        raise Forbidden("The write is not allowed.", issues=refused)
    if refused:
        raise Invalid("The resource breaks a rule.", issues=refused)
    return issues


def examined(site: Site, resource: Resource) -> tuple[Issue, ...]:
    """Everything there is to say of a resource by itself."""
    return (*validate(resource), *site.ports.accept(resource))


async def removed(
    context: Context, deletions: Mapping[Identity, Expected]
) -> frozenset[PatientKey]:
    """Delete what stands; the patients whose records that were are for `applied` to settle. What is
    hidden stands at no version, as what is not there."""
    at = {i: expected for i, expected in deletions.items() if isinstance(expected, int)}
    there = await deletable(context, deletions)
    return await write.delete(context.tx, [i for i in deletions if i in there], at)


async def applied(
    context: Context, drafts: Sequence[Draft], left: frozenset[PatientKey] = NOBODY
) -> Stored:
    """Store the drafts in their order, and settle every patient touched once, `left` among them."""
    await refuse_writing(context, drafts)
    if context.site.reference_integrity:
        await refuse_dangling(context, drafts)
    result = await write.put(context.tx, [stored(context.site, draft) for draft in drafts])
    await settle(context, {**result.before, **dict.fromkeys(left)})
    return result


def stored(site: Site, draft: Draft) -> Write:
    """The draft as the store takes it, with its index rows and what the rules read of it."""
    known = {**draft.resource, "id": draft.identity.id}
    patient = patient_of(known, site.base_url)
    read = partial(site.ports.derivation.facts, known)
    return Write(
        identity=draft.identity,
        tail=tail(draft.resource),
        patient=patient,
        index=rows(draft.resource, zone=site.zone, base_url=site.base_url),
        facts=read() if patient else None,
        recall=read,
        expected=draft.expected,
        method=draft.method,
    )
