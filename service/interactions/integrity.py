"""References to this server must resolve. http://hl7.org/fhir/R4/http.html#integrity"""

from collections.abc import Iterator, Sequence

from service.errors import Invalid, Issue
from service.fhir import references
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.resource import Identity
from service.fhir.types import TYPES
from service.interactions.context import Context
from service.interactions.draft import Draft
from service.store import store


async def refuse_dangling(context: Context, drafts: Sequence[Draft]) -> None:
    """Raises `Invalid`, naming the elements, for references to what is not here and does not
    arrive with the drafts either. What is kept elsewhere is nobody's business."""
    issues = [issue for draft in drafts for issue in _unresolved(draft)]
    wanted = _wanted(context, drafts)
    held = await store.existing(context.tx, [i for i in wanted if i.type in TYPES])
    issues += [
        Issue(
            code="not-found",
            message=f"The reference at {path} names {identity}, which this server does not hold.",
            expression=path,
        )
        for identity, path in wanted.items()
        if identity not in held
    ]
    if issues:
        raise Invalid("A reference does not resolve.", issues=issues)


def _wanted(context: Context, drafts: Sequence[Draft]) -> dict[Identity, str]:
    """Where each resource is first named that the drafts need and do not bring."""
    arriving = {draft.identity for draft in drafts}
    wanted = dict[Identity, str]()
    for draft in drafts:
        for path, text in references.references(draft.resource):
            target = references.local(text, context.site.base_url)
            if target is None or target in arriving or _passed_over(draft, text, target.type):
                continue
            wanted.setdefault(target, draft.placed(path))
    return wanted


def _unresolved(draft: Draft) -> Iterator[Issue]:
    """A reference by condition, `Type?criteria`, that no transaction resolved."""
    for path, text in references.references(draft.resource):
        type_name, mark, _ = text.partition("?")
        if mark and type_name in RESOURCE_TYPES and not _passed_over(draft, text, type_name):
            yield Issue(
                code="not-found",
                message=f"The reference at {draft.placed(path)} is a condition; those are resolved "
                "in a transaction, and for resource types of this server.",
                expression=draft.placed(path),
            )


def _passed_over(draft: Draft, text: str, type_name: str) -> bool:
    """What a lenient client's Bundle says of types that are not served is kept as it is, and so is
    what a patch leaves alone."""
    return text in draft.kept or (draft.lenient and type_name not in TYPES)
