"""Pages in the order of time: what `matches` finds, newest or oldest first, row after row.

Several values of a column are read side by side there, so a page holds rows of several of them,
equal times among them, and begins in the middle of each.
"""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.fhir import exact_json
from service.fhir.access import Access
from service.fhir.rights import Rights
from service.fhir.scopes import Verb, scopes
from service.fhir.search.matches import matches
from service.store.database import Database
from service.store.search import search
from tests.store.searched import BASE, ZONE, query, store

Json = dict[str, Any]

CODES = (
    {"system": "urn:s", "code": "k1", "display": "Heart rate"},
    {"system": "urn:t", "code": "k1"},
    {"system": "urn:s", "code": "k2", "display": "Heart sounds"},
    {"system": "urn:s", "code": "k3", "display": "Weight"},
)
TEXTS = (None, "Heart", "hearty", "Weight")
CATEGORIES = ("survey", "exam", "therapy")
STATUSES = ("final", "final", "amended", "preliminary", "entered-in-error")
TIMES: tuple[Json, ...] = (
    {},
    {"effectivePeriod": {"end": "2026-05-02T00:00:00Z"}},
    {"effectiveDateTime": "2026-04-30T10:00:00Z"},
    {"effectiveDateTime": "2026-05-01T10:00:00Z"},
    {"effectiveDateTime": "2026-05-01T12:00:00+02:00"},
    {"effectiveDateTime": "2026-05-01T10:00:01Z"},
    {"effectiveDateTime": "2026-06-01T10:00:00Z"},
)
"""The fourth and the fifth are the same; without a beginning there is none before."""
BEGINS = (0, 0, 2, 3, 3, 4, 5)
"""How late each of `TIMES` begins."""
LED = (
    *("code=k1,k2", "code=urn:s|k1,k3", "code=urn:t|k1,urn:s|k2", "code:text=heart"),
    *("code:text=heart,weight", "code:text=nothing", "category=survey,exam", "category=survey"),
    *("date=2026-05", "date=ge2026-05-01", "date=lt2026-06", "date=ne2026-05-01T10:00:00Z"),
    *("status=amended,preliminary", "_sort=-date"),
    *("code=k1&value-quantity=gt1", "code=urn:s|k1&value-quantity=2", "code=k1&value-quantity=lt2"),
    *("code-value-quantity=k1$2", "code-value-quantity=urn:s|k1$gt1&date=ge2026-05-01"),
    *("combo-code-value-quantity=k1$ge2", "component-code-value-quantity=k2$2"),
)
"""Searches that are answered newest first."""
VALUES: tuple[Json, ...] = ({}, *({"valueQuantity": {"value": number}} for number in (1, 2, 3)))
FURTHER = (
    *("", "", "&status:not=final", "&status:not=final,amended", "&status:not=amended"),
    *("&category=survey", "&category=urn:c|", "&code=urn:s|", "&code:not=k1", "&date=ge2026-05"),
    *("&date:missing=true", "&date:missing=false", "&patient:missing=true"),
    *("&value-quantity:missing=true", "&encounter:missing=true"),
    *("&category=exam,therapy", "&code=k1,k3", "&status=final", "&code:text=heart"),
)
ORDERS = ("", "", "&_sort=-date", "&_sort=date", "&_sort=-date,status")
SCOPES = (
    None,
    ("system/Observation.rs",),
    ("system/Observation.rs?category=survey",),
    ("system/Observation.rs?category=survey", "system/Observation.rs?status=amended"),
)
SECRET = {
    "security": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    ]
}


@st.composite
def observations(draw: st.DrawFn) -> list[tuple[int, Json]]:
    """Each with how late it begins."""
    made = []
    for number in range(draw(st.integers(1, 14))):
        place = draw(st.integers(0, len(TIMES) - 1))
        code: Json = {"coding": draw(st.lists(st.sampled_from(CODES), max_size=2))}
        text = draw(st.sampled_from(TEXTS))
        categories = draw(st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True))
        one = {
            "resourceType": "Observation",
            "id": str(number),
            "status": draw(st.sampled_from(STATUSES)),
            "code": code if text is None else code | {"text": text},
            "category": [{"coding": [{"system": "urn:c", "code": c}]} for c in categories],
            **TIMES[place],
            **draw(st.sampled_from(VALUES)),
        }
        if draw(st.booleans()):
            part = {"code": {"coding": [draw(st.sampled_from(CODES))]}}
            one["component"] = [part | draw(st.sampled_from(VALUES[1:]))]
        hidden = draw(st.integers(0, 5)) == 0
        made.append((BEGINS[place], one | {"meta": SECRET} if hidden else one))
    return made


@st.composite
def asking(draw: st.DrawFn) -> str:
    led, further = draw(st.sampled_from(LED)), draw(st.sampled_from(FURTHER))
    order = "" if "_sort" in led else draw(st.sampled_from(ORDERS))
    return f"Observation?{led}{further}{order}&_count={draw(st.integers(1, 4))}"


def granted(texts: tuple[str, ...] | None) -> Rights | None:
    if texts is None:
        return None
    return Rights(scopes=scopes(list(texts)), zone=ZONE, base_url=BASE)


def expected(made: list[tuple[int, Json]], asked: str, rights: Rights | None) -> list[str]:
    """Ids in the order of creation, then of the status, then of time; what has no time comes
    last."""
    wanted = query(asked)
    read = [(begins, exact_json.loads(exact_json.dumps(one))) for begins, one in made]
    kept = [
        (begins, one)
        for begins, one in read
        if matches(one, wanted) and (rights is None or rights.sees(one, Verb.SEARCH))
    ]
    if "status&" in f"{asked}&".split("_sort=")[-1]:
        kept.sort(key=lambda found: str(found[1]["status"]))
    if "_sort=date" in asked:
        kept.sort(key=lambda found: (not _timed(found[1]), found[0]))
    else:
        kept.sort(key=lambda found: -found[0])
    return [one["id"] for _, one in kept]


def _timed(one: Json) -> bool:
    return "effectiveDateTime" in one or "effectivePeriod" in one


async def paged(database: Database, asked: str, access: Access) -> list[str]:
    found, cursor = list[str](), None
    while True:
        async with database.reading(access) as tx:
            page = await search(tx, query(asked), cursor=cursor)
        found += [version.identity.id for version in page.rows]
        cursor = page.next
        if cursor is None:
            assert page.total == len(found), asked
            return found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    made=observations(),
    foreign=observations(),
    asked=st.lists(asking(), min_size=8, max_size=16),
    granting=st.sampled_from(SCOPES),
)
async def test_pages_in_the_order_of_time_hold_what_matches_row_after_row(
    database: Database,
    made: list[tuple[int, Json]],
    foreign: list[tuple[int, Json]],
    asked: list[str],
    granting: tuple[str, ...] | None,
) -> None:
    """Another tenant's records are never among them, nor what the caller may not see."""
    rights = granted(granting)
    own, other = Access(tenant=uuid4(), rights=rights), Access(tenant=uuid4())
    await store(database, [one for _, one in foreign], access=other)
    await store(database, [one for _, one in made], access=own)
    for text in asked:
        assert await paged(database, text, own) == expected(made, text, rights), text


async def test_what_is_not_final_comes_in_the_order_of_creation(database: Database) -> None:
    """So it did before an index led to it; beside a category it comes newest first."""
    made = [
        {
            "resourceType": "Observation",
            "id": id_,
            "status": status,
            "category": [{"coding": [{"code": "exam"}]}],
            "code": {"text": "x"},
            "effectiveDateTime": f"2026-05-0{day}",
        }
        for id_, status, day in (
            *(("a", "amended", 2), ("b", "final", 9), ("c", "preliminary", 3)),
            ("d", "amended", 1),
        )
    ]
    await store(database, made)
    for asked, order in (
        ("status:not=final", ["a", "c", "d"]),
        ("status:not=final&_sort=-_lastUpdated", ["d", "c", "a"]),
        ("status:not=final&_sort=-date", ["c", "a", "d"]),
        ("status:not=final&category=exam", ["c", "a", "d"]),
        ("status:not=final,amended", ["c"]),
        ("status:not=amended", ["b", "c"]),
    ):
        access = Access()
        assert await paged(database, f"Observation?{asked}&_count=2", access) == order, asked
