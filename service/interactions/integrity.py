"""References to this server must resolve. http://hl7.org/fhir/R4/http.html#integrity"""

import re
from collections.abc import Iterator, Sequence

from service.errors import Invalid, Issue
from service.fhir import references
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.resource import Identity
from service.fhir.types import TYPES
from service.interactions.context import Context
from service.interactions.draft import Draft
from service.store import store

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""https://www.rfc-editor.org/rfc/rfc3986#section-3.1"""


async def refuse_dangling(context: Context, drafts: Sequence[Draft]) -> None:
    """Raises `Invalid`, naming the elements, for references to what is not here and does not
    arrive with the drafts either. What is kept elsewhere is nobody's business."""
    said = [(draft, list(references.references(draft.resource))) for draft in drafts]
    issues = [issue for draft, named in said for issue in _unresolved(draft, named)]
    issues += [issue for draft, named in said for issue in _unreadable(context, draft, named)]
    wanted = _wanted(context, said)
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


Named = Sequence[tuple[str, str]]
"""The references of a resource, each with its path."""


def _wanted(context: Context, said: Sequence[tuple[Draft, Named]]) -> dict[Identity, str]:
    """Where each resource is first named that the drafts need and do not bring."""
    arriving = {draft.identity for draft, _ in said}
    wanted = dict[Identity, str]()
    for draft, named in said:
        for path, text in named:
            target = references.local(text, context.site.base_url)
            if target is None or target in arriving or _passed_over(draft, text, target.type):
                continue
            wanted.setdefault(target, draft.placed(path))
    return wanted


def _unresolved(draft: Draft, named: Named) -> Iterator[Issue]:
    """A reference by condition, `Type?criteria`, that no transaction resolved."""
    for path, text in named:
        if _conditional(text) and not _passed_over(draft, text, text.partition("?")[0]):
            yield Issue(
                code="not-found",
                message=f"The reference at {draft.placed(path)} is a condition; those are resolved "
                "in a transaction, and for resource types of this server.",
                expression=draft.placed(path),
            )


def _unreadable(context: Context, draft: Draft, named: Named) -> Iterator[Issue]:
    """What looks like a reference to this server and names none of its resources, ever.

    Stored, it would lead nowhere and be found by no search.
    http://hl7.org/fhir/R4/references.html#literal
    """
    for path, text in named:
        base = context.site.base_url
        here = text.startswith(base.rstrip("/") + "/") or not _elsewhere(text)
        known = _conditional(text) or references.local(text, base) is not None
        if here and not known and text not in draft.kept:
            yield Issue(
                code="value",
                message=f"The reference at {draft.placed(path)} must be [type]/[id], "
                "an absolute address, or # and the id of a contained resource.",
                expression=draft.placed(path),
            )


def _elsewhere(text: str) -> bool:
    """On another server, or within the resource."""
    return text.startswith("#") or ABSOLUTE.match(text) is not None


def _conditional(text: str) -> bool:
    type_name, mark, _ = text.partition("?")
    return bool(mark) and type_name in RESOURCE_TYPES


def _passed_over(draft: Draft, text: str, type_name: str) -> bool:
    """What a lenient client's Bundle says of types that are not served is kept as it is, and so is
    what a patch leaves alone."""
    return text in draft.kept or (draft.lenient and type_name not in TYPES)
