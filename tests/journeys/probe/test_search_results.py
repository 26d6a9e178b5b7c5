"""Order, counts and parts of what is found: http://hl7.org/fhir/R4/search.html#return"""

from collections.abc import Sequence

import pytest

from tests.journeys.probe.resources import patient, quantity, weighed
from tests.journeys.probe.speech import Probe, entries, matched, outcome

BORN = ("1950-01-01", "1980-05-05", "1960-03", "1970")
FAMILIES = ("Berg", "ahorn", "Berg", "Ähre")


@pytest.fixture(scope="module")
def four(probe: Probe, module_mark: str) -> list[str]:
    return probe.stored(
        *(
            patient(
                module_mark,
                birthDate=born,
                active=True,
                name=[{"family": family, "given": [str(number)]}],
                text={
                    "status": "generated",
                    "div": '<div xmlns="http://www.w3.org/1999/xhtml">told</div>',
                },
                telecom=[{"system": "phone", "value": "1"}],
            )
            for number, (born, family) in enumerate(zip(BORN, FAMILIES, strict=True))
        )
    )


def order(probe: Probe, four: Sequence[str], path: str) -> list[int]:
    return [list(four).index(name) for name in matched(probe.search(path))]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("birthdate", [0, 2, 3, 1]),
        ("-birthdate", [1, 3, 2, 0]),
        ("-given", [3, 2, 1, 0]),
        ("-family,birthdate", [0, 2, 1, 3]),
        ("-family,-birthdate", [2, 0, 1, 3]),
    ],
)
def test_what_is_found_stands_in_the_order_asked_for(
    probe: Probe, four: list[str], module_mark: str, sort: str, expected: list[int]
) -> None:
    """Of -family only the Bergs are compared: where umlauts stand is the server's choice."""
    found = order(probe, four, f"Patient?identifier={module_mark}&_sort={sort}")
    if sort.startswith("-family"):
        assert [i for i in found if i in (0, 2)] == [i for i in expected if i in (0, 2)]
    else:
        assert found == expected


def test_the_order_of_writing_can_be_asked_for(
    probe: Probe, four: list[str], module_mark: str
) -> None:
    path = f"Patient?identifier={module_mark}&_sort="
    assert order(probe, four, path + "_lastUpdated") == [0, 1, 2, 3]
    assert order(probe, four, path + "-_lastUpdated") == [3, 2, 1, 0]


def test_what_has_no_value_stands_last_and_is_not_lost(probe: Probe, mark: str) -> None:
    """Resources without the sorted element are still found."""
    names = probe.stored(
        patient(mark), patient(mark, birthDate="1970"), patient(mark, birthDate="1960")
    )
    found = matched(probe.search(f"Patient?identifier={mark}&_sort=birthdate"))
    assert set(found) == set(names)
    assert found.index(names[2]) < found.index(names[1])


def test_numbers_are_sorted_as_numbers(probe: Probe, mark: str) -> None:
    names = probe.stored(*(weighed(mark, valueQuantity=quantity(v)) for v in (10, 9.5, 100)))
    found = matched(probe.search(f"Observation?identifier={mark}&_sort=value-quantity"))
    assert [names.index(name) for name in found] == [1, 0, 2]


def test_an_order_that_is_not_known_is_refused(probe: Probe) -> None:
    assert "nonsense" in outcome(probe.read("Patient?_sort=nonsense"), 400)


@pytest.mark.parametrize("asked", ["_count=0", "_summary=count"])
def test_a_count_is_a_total_without_entries(
    probe: Probe, four: list[str], module_mark: str, asked: str
) -> None:
    """http://hl7.org/fhir/R4/search.html#count: `_count=0` is treated like `_summary=count`."""
    bundle = probe.search(f"Patient?identifier={module_mark}&{asked}")
    assert bundle["total"] == 4
    assert "entry" not in bundle


def test_no_more_than_asked_for_stands_on_a_page(
    probe: Probe, four: list[str], module_mark: str
) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}&_count=3")
    assert len(entries(bundle, "match")) == 3


def test_no_total_where_none_is_wanted(probe: Probe, four: list[str], module_mark: str) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}&_count=1&_total=none")
    assert "total" not in bundle


def test_an_estimate_is_a_number(probe: Probe, four: list[str], module_mark: str) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}&_count=1&_total=estimate")
    assert bundle["total"] >= 0


def subsetted(resource: dict[str, object]) -> bool:
    meta = resource["meta"]
    assert isinstance(meta, dict)
    return "SUBSETTED" in [tag["code"] for tag in meta.get("tag", ())]


def test_elements_are_those_asked_for_and_what_must_be(probe: Probe, mark: str) -> None:
    """Mandatory elements come along; the resource is marked as a part."""
    probe.stored(weighed(mark, valueQuantity=quantity(1), note=[{"text": "n"}]))
    bundle = probe.search(f"Observation?identifier={mark}&_elements=valueQuantity,note")
    (only,) = (entry["resource"] for entry in bundle["entry"])
    assert only["note"] == [{"text": "n"}]
    assert {"status", "code", "id", "meta"} <= set(only)
    assert "identifier" not in only
    assert subsetted(only)


def test_a_part_is_not_stored_as_the_whole(probe: Probe, mark: str) -> None:
    """A client that sends a part back must not be taken for one that means it."""
    probe.stored(weighed(mark))
    bundle = probe.search(f"Observation?identifier={mark}&_elements=code")
    (only,) = (entry["resource"] for entry in bundle["entry"])
    read = probe.read(f"Observation/{only['id']}").json()
    assert not subsetted(read)


@pytest.mark.parametrize(
    ("summary", "present", "absent"),
    [
        ("true", {"birthDate", "name", "telecom", "active"}, {"text"}),
        ("text", {"text", "id", "meta"}, {"birthDate", "name", "telecom"}),
        ("data", {"birthDate", "name", "telecom"}, {"text"}),
        ("false", {"birthDate", "name", "telecom", "text"}, set()),
    ],
)
def test_a_summary_holds_what_its_kind_says(
    probe: Probe,
    four: list[str],
    module_mark: str,
    summary: str,
    present: set[str],
    absent: set[str],
) -> None:
    """http://hl7.org/fhir/R4/search.html#summary"""
    bundle = probe.search(f"Patient?identifier={module_mark}&_summary={summary}")
    for entry in bundle["entry"]:
        assert present <= set(entry["resource"])
        assert not absent & set(entry["resource"])
        assert subsetted(entry["resource"]) is (summary != "false")


def test_an_element_that_does_not_exist_is_no_crash(
    probe: Probe, four: list[str], module_mark: str
) -> None:
    answer = probe.read(f"Patient?identifier={module_mark}&_elements=nonsense")
    assert answer.status_code in {200, 400}
