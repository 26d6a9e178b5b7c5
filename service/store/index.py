"""From a resource to the rows that make it findable, ready for one `unnest` per table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType

import orjson
from msgspec import Struct

from service.fhir.resource import Resource
from service.fhir.rights import ABLE_TO_HIDE
from service.fhir.search.coded import CodedValue as Coded
from service.fhir.search.coded import Coding
from service.fhir.search.elements import EARLIEST, Measure, here
from service.fhir.search.extract import TEXT, Entries, entries
from service.fhir.search.folding import folded, sounding
from service.fhir.search.matches import labels
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.store.hashing import hash32, hash64
from service.store.numbers import bounds

COLUMNS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "term": (("mark", "int"), ("key", "bigint"), ("system", "bigint"), ("text", "text")),
        "label": (("code", "text"),),
        "moment": (("key", "bigint"), ("low", "timestamptz"), ("high", "timestamptz")),
        "phrase": (("key", "bigint"), ("exact", "text"), ("folded", "text")),
        "amount": (
            ("key", "bigint"),
            ("low", "float8"),
            ("high", "float8"),
            ("unit", "bigint"),
        ),
        "coded_value": (
            ("ordinal", "smallint"),
            ("component", "smallint"),
            ("lead", "boolean"),
            ("patient", "bigint"),
            ("encounter", "bigint"),
            ("code", "bigint"),
            ("code_system", "bigint"),
            ("words", "bigint"),
            ("category", "bigint"),
            ("category_system", "bigint"),
            ("status", "bigint"),
            ("low", "timestamptz"),
            ("high", "timestamptz"),
            ("value_low", "float8"),
            ("value_high", "float8"),
            ("unit", "bigint"),
            ("concept", "bigint"),
            ("concept_system", "bigint"),
            ("what", "bigint"),
            ("code_text", "text"),
            ("category_text", "text"),
            ("concept_text", "text"),
        ),
    }
)
"""Every index table with the columns (and their types) that follow `tenant_id, row_id`, in the
order of the tuples in `IndexRows`; the fields of `IndexRows` bear the tables' names."""
WORDING = (("words", "bigint"), ("key", "bigint"), ("exact", "text"), ("folded", "text"))
"""The columns of the one table that is not of single resources."""

LAYOUT = hash64(
    "6",
    *sorted(ABLE_TO_HIDE),
    *(f"{kind} {parameter}" for kind in TABLE for parameter in TABLE[kind].values()),
)
"""Another number whenever other rows are made of the same resource: the one in front grows with
this file, the rest comes of the parameters. A tenant whose rows are of another layout is indexed
anew when it is opened."""
CUT = 200
"""Characters of a string that the index keeps."""
LONG = timedelta(days=2)
"""A range of time that is longer is kept twice, so that a search for what goes on after a moment
need not read everything before it. A calendar day is short, wherever clocks are changed."""
WORDS_KEY = hash64("Observation", "code" + TEXT)
"""Of the parameter that `wording` answers."""
EFFECTIVE = "date"
"""The parameter that an Observation's time answers."""

Term = tuple[int, int, int | None, str | None]
Label = tuple[str]
Moment = tuple[int, datetime, datetime]
Phrase = tuple[int, str, str]
Amount = tuple[int, float, float, int]
Wording = tuple[int, int, str, str]
CodedValue = tuple[
    int,
    int,
    bool,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    int,
    datetime | None,
    datetime | None,
    float | None,
    float | None,
    int | None,
    int | None,
    int | None,
    int | None,
    str | None,
    str | None,
    str | None,
]


class IndexRows(Struct, frozen=True, kw_only=True):
    """The rows of one resource, without tenant and row id; no two rows of a table are equal."""

    term: tuple[Term, ...] = ()
    label: tuple[Label, ...] = ()
    moment: tuple[Moment, ...] = ()
    phrase: tuple[Phrase, ...] = ()
    amount: tuple[Amount, ...] = ()
    coded_value: tuple[CodedValue, ...] = ()
    wording: tuple[Wording, ...] = ()
    """What `words` of the coded values stand for; the same for every resource that says them."""


def rows(resource: Resource, *, zone: tzinfo, base_url: str) -> IndexRows:
    """What to insert beside `resource`; the same resource always gives the same rows.

    `zone` reads dates without an offset; `base_url` tells references to this server from others.
    A deleted resource has no rows: delete by (tenant_id, row_id) in every table of `COLUMNS`.
    Raises `Invalid` for an Observation with too many combinations of codes.
    """
    kind = str(resource["resourceType"])
    found = entries(resource, zone=zone, base_url=base_url)
    phrases = {(key, exact): plain for key, exact, plain in _phrases(kind, found)}
    words = hash64(*found.words) if found.words else None
    return IndexRows(
        term=tuple((*row, text) for row, text in _terms(kind, found).items()),
        label=tuple((code,) for code in sorted(ABLE_TO_HIDE.intersection(labels(resource)))),
        moment=tuple(dict.fromkeys(_moments(kind, found))),
        phrase=tuple((key, exact, plain) for (key, exact), plain in phrases.items()),
        amount=tuple(dict.fromkeys(_amounts(kind, found))),
        coded_value=tuple(
            _coded_value(place, value, words) for place, value in enumerate(found.coded_values)
        ),
        wording=() if words is None else _wording(words, found.words),
    )


def mark(kind: str, name: str) -> int:
    """Under which the codes, references and URIs of a parameter are kept."""
    return hash32(kind, name)


def system_mark(kind: str, name: str) -> int:
    """Under which the systems of the codes of a parameter are kept."""
    return hash32(kind, name, "system")


def code_key(code: str) -> int:
    """Of a code, told from the name of any resource."""
    return hash64("", code)


def _terms(kind: str, found: Entries) -> dict[tuple[int, int, int | None], str | None]:
    """A token has a row for its code and one for its system, which also says that there is one; a
    name has one row. The text is what sorting goes by."""
    rows = dict[tuple[int, int, int | None], str | None]()
    for name, system, code in found.tokens:
        own = system_mark(kind, name), hash64(system), None
        least = code and code[:CUT]
        if code is not None:
            rows[mark(kind, name), code_key(code), hash64(system)] = None
            least = min(least or "", rows.get(own) or least or "")
        rows[own] = least or rows.get(own)
    for name, text in found.names:
        rows[mark(kind, name), hash64(text), None] = _name_text(kind, name, text)
    return rows


def _name_text(kind: str, name: str, text: str) -> str | None:
    """Not where it can be read elsewhere: a resource here says its own name, a URI is a phrase."""
    parameter = TABLE[kind][name]
    spared = parameter.kind is Kind.URI or (not parameter.canonical and here(text))
    return None if spared or not text else text[:CUT]


def _moments(kind: str, found: Entries) -> Iterator[Moment]:
    """A long range is kept under a second key; an Observation's time under that key alone."""
    spans = list(found.moments)
    for name, low, high in spans:
        yield hash64(kind, name), low, high
    if found.coded_values and found.coded_values[0].effective:
        spans.append((EFFECTIVE, *found.coded_values[0].effective))
    for name, low, high in spans:
        if high - low > LONG:
            yield long_key(kind, name), low, high


def long_key(kind: str, name: str) -> int:
    """The key of the ranges of a parameter that are longer than `LONG`."""
    return hash64(kind, name, "long")


def _phrases(kind: str, found: Entries) -> Iterable[Phrase]:
    for name, text in found.phrases:
        parameter = TABLE[kind].get(name)
        yield hash64(kind, name), text[:CUT], _plain(parameter)(text)[:CUT]


def _wording(words: int, texts: tuple[str, ...]) -> tuple[Wording, ...]:
    short = sum(map(len, texts)) <= CUT
    return _told(words, texts) if short else _told.__wrapped__(words, texts)


@lru_cache(maxsize=1024)
def _told(words: int, texts: tuple[str, ...]) -> tuple[Wording, ...]:
    """Many resources say the same."""
    cut = {text[:CUT]: folded(text)[:CUT] for text in texts}
    return tuple((words, WORDS_KEY, exact, plain) for exact, plain in cut.items())


def _plain(parameter: Parameter | None) -> Callable[[str], str]:
    """How a text is compared; words beside a code have no parameter of their own."""
    if parameter is not None and parameter.kind is Kind.URI:
        return str
    return sounding if parameter is not None and parameter.phonetic else folded


def _amounts(kind: str, found: Entries) -> Iterator[Amount]:
    for name, value in found.amounts:
        yield hash64(kind, name), *bounds(value), unit_hash(value) or 0


def unit_hash(value: Measure) -> int | None:
    """Of system and code where there is a code, else of the unit's text; None without either."""
    if value.code is not None:
        return hash64(value.system or "", value.code)
    return None if value.unit is None else hash64(value.unit)


def _coded_value(place: int, value: Coded, words: int | None) -> CodedValue:
    low, high = value.effective or (EARLIEST, EARLIEST)
    value_low, value_high = bounds(value.value) if value.value else (None, None)
    return (
        place,
        value.component,
        value.lead,
        None if value.patient is None else hash64(value.patient),
        None if value.encounter is None else hash64(value.encounter),
        *_coding(value.code),
        words if value.component == 0 else None,
        *_coding(value.category),
        hash64(value.status),
        low,
        high,
        value_low,
        value_high,
        unit_hash(value.value) if value.value else None,
        *_coding(value.concept),
        hash64(orjson.dumps(value.what).decode()) if place == 0 else None,
        _code_text(value.code),
        _code_text(value.category),
        _code_text(value.concept),
    )


def _code_text(coding: Coding | None) -> str | None:
    return coding[1][:CUT] if coding is not None and coding[1] is not None else None


def _coding(coding: Coding | None) -> tuple[int | None, int | None]:
    """Hashes of code and system; the system's is None only where there is no concept at all."""
    if coding is None:
        return None, None
    system, code = coding
    return None if code is None else hash64(code), hash64(system)
