"""history: http://hl7.org/fhir/R4/http.html#history"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.journeys.probe.exchange import history
from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe, link, outcome


@pytest.fixture(scope="module")
def stored(probe: Probe, module_mark: str) -> str:
    """Created, updated, deleted and brought back."""
    made = probe.created(patient(module_mark, gender="female"))
    name = f"Patient/{made['id']}"
    assert probe.update(made | {"gender": "male"}).status_code == 200
    assert probe.delete(name).status_code in {200, 204}
    assert probe.update(made | {"gender": "other"}).status_code in {200, 201}
    return name


def versions(bundle: Json) -> list[str]:
    return [entry["response"]["etag"] for entry in bundle.get("entry", ())]


def test_versions_stand_newest_first(probe: Probe, stored: str) -> None:
    bundle = history(probe, f"{stored}/_history")
    assert versions(bundle) == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']
    assert bundle.get("total", 4) == 4


def test_every_entry_says_what_was_asked_and_answered(probe: Probe, stored: str) -> None:
    bundle = history(probe, f"{stored}/_history")
    asked = [(e["request"]["method"], e["request"]["url"]) for e in bundle["entry"]]
    assert asked == [("PUT", stored), ("DELETE", stored), ("PUT", stored), ("POST", "Patient")]
    assert [e["response"]["status"][:3] for e in bundle["entry"]][1:] == ["204", "200", "201"]
    assert all(e["response"]["lastModified"] for e in bundle["entry"])


def test_every_entry_has_the_absolute_address_of_its_resource(probe: Probe, stored: str) -> None:
    bundle = history(probe, f"{stored}/_history")
    assert {entry["fullUrl"] for entry in bundle["entry"]} == {f"{probe.base}/{stored}"}


def test_a_delete_is_an_entry_without_a_resource(probe: Probe, stored: str) -> None:
    bundle = history(probe, f"{stored}/_history")
    assert ["resource" in e for e in bundle["entry"]] == [True, False, True, True]
    assert [e["resource"]["gender"] for e in bundle["entry"] if "resource" in e] == [
        "other", "male", "female",
    ]  # fmt: skip


def test_an_unknown_id_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.read(f"Patient/{mark}/_history"), 404)


def test_what_was_deleted_still_has_its_history(probe: Probe, mark: str) -> None:
    (name,) = probe.stored(patient(mark))
    probe.delete(name)
    assert versions(history(probe, f"{name}/_history")) == ['W/"2"', 'W/"1"']


def test_pages_hold_every_version_once(probe: Probe, stored: str) -> None:
    bundle = history(probe, f"{stored}/_history?_count=3")
    following = link(bundle, "next")
    assert following is not None
    last = history(probe, following)
    assert versions(bundle) + versions(last) == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']
    assert link(last, "next") is None


def test_since_leaves_out_what_is_older(probe: Probe, stored: str) -> None:
    second = history(probe, f"{stored}/_history")["entry"][2]["resource"]["meta"]["lastUpdated"]
    bundle = history(probe, f"{stored}/_history?_since={quote(second)}")
    assert versions(bundle) == ['W/"4"', 'W/"3"', 'W/"2"']


def test_since_tomorrow_there_is_nothing(probe: Probe, stored: str) -> None:
    tomorrow = quote((datetime.now(UTC) + timedelta(days=1)).isoformat())
    bundle = history(probe, f"{stored}/_history?_since={tomorrow}")
    assert versions(bundle) == []
    assert "entry" not in bundle


def test_a_since_that_is_no_instant_is_refused(probe: Probe, stored: str) -> None:
    assert "_since" in outcome(probe.read(f"{stored}/_history?_since=yesterday"), 400)
