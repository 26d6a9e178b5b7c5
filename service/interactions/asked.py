"""What a request other than a search says in its query: the answer's shape, and what else it takes.

http://hl7.org/fhir/R4/http.html#parameters
"""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlencode

from msgspec import Struct, field
from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.body import parse
from service.fhir.exact_json import dumps
from service.fhir.search.query import Query, Summary
from service.fhir.search.refusal import quoted
from service.fhir.search.results import READERS
from service.fhir.search.subset import narrows, subset
from service.interactions.context import Site
from service.interactions.messages import Request

PART = frozenset({"_elements", "_summary"})
"""Parameters that ask for parts of resources."""
PAGED = PART | {"_count"}
CURSOR = "_page"
"""Our own parameter: the sealed place from which a page goes on."""

Pairs = Iterable[tuple[str, str]]


class Asked(Struct, frozen=True, kw_only=True):
    """A request's parameters, as they were understood."""

    shape: Query
    """How much of each resource, and how many to a page."""
    own: Mapping[str, str] = field(default_factory=dict)
    """The others by name."""
    used: tuple[tuple[str, str], ...] = ()
    """All of them, as they were sent, without the cursor: the parameters of the self link."""
    cursor: str | None = None


def asked(
    site: Site,
    request: Request,
    *,
    what: str,
    kind: str = "",
    pairs: Pairs | None = None,
    shape: Collection[str] = PART,
    own: Collection[str] = (),
) -> Asked:
    """The request's parameters, or `pairs` instead; `what` names it in messages, `kind` is the
    resource type where there is one.

    Raises `BadRequest` for a parameter that is given twice or, unless the client is lenient, is
    neither one of `shape` nor of `own`.
    """
    given = Asked(shape=Query(type=kind, zone=site.zone, base_url=site.base_url))
    seen = set[str]()
    for name, value in request.query if pairs is None else pairs:
        if name not in shape and name not in own and name != CURSOR:
            if not request.prefer.lenient:
                raise BadRequest(f"{what} takes no parameter {quoted(name)}.")
            continue
        if name in seen:
            raise BadRequest(f"Parameter {quoted(name)} may be given once only.")
        seen.add(name)
        given = _with(given, name, value, shape)
    return given


def _with(given: Asked, name: str, value: str, shape: Collection[str]) -> Asked:
    if name == CURSOR:
        return replace(given, cursor=value)
    if name in shape:
        query, value = READERS[name](given.shape, value)
        given = replace(given, shape=query)
    else:
        given = replace(given, own={**given.own, name: value})
    return replace(given, used=(*given.used, (name, value)))


def part(body: bytes, shape: Query) -> bytes:
    """What is wanted of a resource's text."""
    return dumps(subset(parse(body), shape)) if narrows(shape) else body


def url(here: str, pairs: Pairs, cursor: str | None = None) -> str:
    """A link to a page of an answer."""
    all_pairs = [*pairs, *([(CURSOR, cursor)] if cursor is not None else [])]
    return f"{here}?{urlencode(all_pairs)}" if all_pairs else here


def refuse_count(given: Asked) -> None:
    """Raises `BadRequest` where the number of resources is asked of an answer that is one."""
    if given.shape.summary is Summary.COUNT:
        raise BadRequest("'_summary' takes true, text, data or false here: one resource is asked.")
