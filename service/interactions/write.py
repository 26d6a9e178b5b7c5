"""From what a client sent to result.versions: checks, references, one put, findings settled.

Every write of every interaction, and of every entry of a transaction, goes through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from service.errors import Forbidden, Invalid, Issue, Severity
from service.fhir import references
from service.fhir.body import tail
from service.fhir.compartments import patient_of
from service.fhir.resource import Identity, Resource, Version
from service.fhir.types import TYPES
from service.fhir.validation import validate
from service.interactions.context import Context
from service.interactions.messages import Preference
from service.interactions.settle import settle
from service.store import store, write
from service.store.index import rows
from service.store.write import Expected, Write


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A checked resource on its way into the store."""

    identity: Identity
    resource: Resource
    expected: Expected
    """What must stand there now; see `store.write.Write`."""
    lenient: bool = False


def checked(context: Context, resource: Resource, prefer: Preference) -> tuple[Issue, ...]:
    """What is to be said of a resource that may be stored.

    Raises `Invalid`, or `Forbidden` where only the service itself may write such a resource.
    """
    issues = (*validate(resource), *context.site.ports.accept(resource))
    refusing = {Severity.ERROR, Severity.FATAL}
    if prefer.strict:
        refusing.add(Severity.WARNING)
    refused = tuple(issue for issue in issues if issue.severity in refusing)
    if any(issue.code == "forbidden" for issue in refused):
        raise Forbidden("The write is not allowed.", issues=refused)
    if refused:
        raise Invalid("The resource breaks a rule.", issues=refused)
    return issues


async def applied(
    context: Context, drafts: Sequence[Draft], deletions: Sequence[Identity] = ()
) -> tuple[Version, ...]:
    """Delete, store the drafts in their order, and settle every patient touched once."""
    if context.site.reference_integrity:
        await _refuse_dangling(context, drafts)
    left = await write.delete(context.tx, deletions)
    result = await write.put(context.tx, [stored(context, draft) for draft in drafts])
    await settle(context, sorted({*left, *result.touched}))
    return result.versions


def stored(context: Context, draft: Draft) -> Write:
    """The draft as the store takes it, with its index rows and what the rules read of it."""
    site = context.site
    patient = patient_of(draft.resource, site.base_url)
    known = {**draft.resource, "id": draft.identity.id}
    read = partial(site.ports.derivation.facts, known)
    return Write(
        identity=draft.identity,
        tail=tail(draft.resource),
        patient=patient,
        index=rows(draft.resource, zone=site.zone, base_url=site.base_url),
        facts=read() if patient else None,
        recall=read,
        expected=draft.expected,
    )


async def _refuse_dangling(context: Context, drafts: Sequence[Draft]) -> None:
    """http://hl7.org/fhir/R4/http.html#integrity"""
    arriving = {draft.identity for draft in drafts}
    wanted = dict[Identity, tuple[str, bool]]()
    for draft in drafts:
        for path, text in references.references(draft.resource):
            target = references.local(text, context.site.base_url)
            if target is not None and target not in arriving:
                wanted.setdefault(target, (path, draft.lenient))
    found = await store.existing(context.tx, [i for i in wanted if i.type in TYPES])
    issues = [
        Issue(
            code="not-found",
            message=f"The reference at {path} names {identity}, which this server does not hold.",
            expression=path,
        )
        for identity, (path, lenient) in wanted.items()
        if identity not in found and (identity.type in TYPES or not lenient)
    ]
    if issues:
        raise Invalid("A reference does not resolve.", issues=issues)
