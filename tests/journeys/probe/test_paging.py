"""Pages: http://hl7.org/fhir/R4/http.html#paging"""

import re
from collections.abc import Callable

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe, link, matched, outcome


@pytest.fixture
def seven(probe: Probe, mark: str) -> list[str]:
    return probe.stored(*(patient(mark, birthDate=f"19{60 + n}") for n in range(7)))


def test_pages_hold_every_match_once(probe: Probe, seven: list[str], mark: str) -> None:
    pages = list(probe.pages(f"Patient?identifier={mark}&_count=3"))
    assert [len(matched(page)) for page in pages] == [3, 3, 1]
    assert sorted(n for page in pages for n in matched(page)) == sorted(seven)


@pytest.mark.parametrize("sort", ["birthdate", "-birthdate", "_lastUpdated", "_id", "family"])
def test_pages_in_an_order_hold_every_match_once(
    probe: Probe, seven: list[str], mark: str, sort: str
) -> None:
    pages = list(probe.pages(f"Patient?identifier={mark}&_count=2&_sort={sort}"))
    found = [name for page in pages for name in matched(page)]
    assert sorted(found) == sorted(seven)
    if sort == "-birthdate":
        assert found == seven[::-1]


def test_a_page_that_is_exactly_full_is_the_last(probe: Probe, seven: list[str], mark: str) -> None:
    bundle = probe.search(f"Patient?identifier={mark}&_count=7")
    assert len(matched(bundle)) == 7
    assert link(bundle, "next") is None


def test_every_page_tells_the_same_total(probe: Probe, seven: list[str], mark: str) -> None:
    pages = probe.pages(f"Patient?identifier={mark}&_count=3&_total=accurate")
    assert [page["total"] for page in pages] == [7, 7, 7]


def test_links_are_absolute(probe: Probe, seven: list[str], mark: str) -> None:
    bundle = probe.search(f"Patient?identifier={mark}&_count=3")
    assert all(each["url"].startswith(f"{probe.base}/") for each in bundle["link"])


def test_a_page_can_be_asked_for_again(probe: Probe, seven: list[str], mark: str) -> None:
    following = link(probe.search(f"Patient?identifier={mark}&_count=3"), "next")
    assert following is not None
    assert matched(probe.search(following)) == matched(probe.search(following))


def test_a_search_by_post_has_pages_that_get_follows(
    probe: Probe, seven: list[str], mark: str
) -> None:
    answer = probe.ask(
        "POST",
        "Patient/_search",
        f"identifier={mark}&_count=4".encode(),
        Content_Type="application/x-www-form-urlencoded",
    ).json()
    following = link(answer, "next")
    assert following is not None
    rest = matched(probe.search(following))
    assert sorted(matched(answer) + rest) == sorted(seven)


def grown(probe: Probe, mark: str, seven: list[str]) -> None:
    probe.stored(*(patient(mark, birthDate=year) for year in ("1900", "1963", "2020")))


def shrunk(probe: Probe, mark: str, seven: list[str]) -> None:
    for name in (seven[0], seven[2]):
        probe.delete(name)


def edited(probe: Probe, mark: str, seven: list[str]) -> None:
    made: Json = probe.read(seven[1]).json()
    assert probe.update(made | {"active": True}).status_code == 200


@pytest.mark.parametrize("meanwhile", [grown, shrunk, edited])
@pytest.mark.parametrize("sort", ["birthdate", "-birthdate", "_id"])
def test_what_was_there_throughout_is_seen_once_whatever_others_write(
    probe: Probe,
    seven: list[str],
    mark: str,
    sort: str,
    meanwhile: Callable[[Probe, str, list[str]], None],
) -> None:
    pages = probe.pages(f"Patient?identifier={mark}&_count=3&_sort={sort}")
    found = matched(next(pages))
    meanwhile(probe, mark, seven)
    found += [name for page in pages for name in matched(page)]
    stayed = [name for name in seven if probe.read(name).status_code == 200]
    assert set(stayed) <= set(found)
    assert len(found) == len(set(found))


def test_a_page_that_nobody_gave_out_is_refused(probe: Probe, seven: list[str], mark: str) -> None:
    following = link(probe.search(f"Patient?identifier={mark}&_count=3"), "next")
    assert following is not None
    cursor = re.search(r"([&?]_(?!count|sort|total)\w+=)([^&]{8,})", following)
    assert cursor is not None, f"no cursor in {following}"
    forged = following.replace(cursor[2], "x" * len(cursor[2]))
    outcome(probe.read(forged), {400, 404, 410})


def test_a_page_belongs_to_its_search(probe: Probe, seven: list[str], mark: str) -> None:
    """Whoever changes the search under a page gets a refusal or the changed search, never a mix."""
    following = link(probe.search(f"Patient?identifier={mark}&_count=3"), "next")
    assert following is not None
    answer = probe.read(following.replace(mark, "nobody"))
    assert answer.status_code in {200, 400, 404, 410}
    if answer.status_code == 200:
        assert matched(answer.json()) == []


def test_a_count_above_what_is_given_is_lowered_and_not_refused(
    probe: Probe, seven: list[str], mark: str
) -> None:
    """The server may return fewer than asked for; http://hl7.org/fhir/R4/search.html#count"""
    bundle = probe.search(f"Patient?identifier={mark}&_count=100000")
    assert len(matched(bundle)) == 7
