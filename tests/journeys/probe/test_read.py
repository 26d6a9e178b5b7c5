"""read and vread: http://hl7.org/fhir/R4/http.html#read"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.journeys.probe.resources import patient, weighed
from tests.journeys.probe.speech import FHIR_JSON, Probe, outcome


@pytest.fixture(scope="module")
def stored(probe: Probe, module_mark: str) -> str:
    """`Patient/[id]`, in its second version."""
    made = probe.created(patient(module_mark, active=True))
    assert probe.update(made | {"active": False}).status_code == 200
    return f"Patient/{made['id']}"


def test_a_read_tells_version_and_time_in_headers(probe: Probe, stored: str) -> None:
    answer = probe.read(stored)
    meta = answer.json()["meta"]
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'W/"{meta["versionId"]}"'
    assert answer.headers["last-modified"].endswith("GMT")
    assert answer.headers["content-type"].startswith(FHIR_JSON)


def test_an_unknown_id_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.read(f"Patient/{mark}"), 404)


def test_an_unknown_type_is_404(probe: Probe) -> None:
    outcome(probe.read("Nonsense/1"), 404)


def test_the_type_is_part_of_the_name(probe: Probe, stored: str) -> None:
    outcome(probe.read(stored.replace("Patient", "Practitioner")), 404)


def test_a_type_is_spelled_with_its_capitals(probe: Probe, stored: str) -> None:
    outcome(probe.read(stored.replace("Patient", "patient")), 404)


def test_an_id_that_is_none_is_not_found(probe: Probe) -> None:
    outcome(probe.read("Patient/" + "a" * 65), {400, 404})


def test_a_version_that_the_client_has_is_304_without_a_body(probe: Probe, stored: str) -> None:
    etag = probe.read(stored).headers["etag"]
    answer = probe.read(stored, If_None_Match=etag)
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == etag


def test_an_older_version_of_the_client_is_answered_with_the_new(probe: Probe, stored: str) -> None:
    answer = probe.read(stored, If_None_Match='W/"1"')
    assert answer.status_code == 200
    assert answer.json()["active"] is False


def test_nothing_new_since_is_304(probe: Probe, stored: str) -> None:
    modified = probe.read(stored).headers["last-modified"]
    assert probe.read(stored, If_Modified_Since=modified).status_code == 304


def test_something_new_since_is_answered(probe: Probe, stored: str) -> None:
    yesterday = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert probe.read(stored, If_Modified_Since=yesterday).status_code == 200


def test_the_version_outranks_the_time(probe: Probe, stored: str) -> None:
    """RFC 9110, 13.1.3: If-Modified-Since is ignored where If-None-Match stands."""
    modified = probe.read(stored).headers["last-modified"]
    answer = probe.read(stored, If_None_Match='W/"1"', If_Modified_Since=modified)
    assert answer.status_code == 200


def test_head_is_get_without_the_body(probe: Probe, stored: str) -> None:
    got, head = probe.read(stored), probe.ask("HEAD", stored)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "last-modified", "content-type", "content-length"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    "accept",
    [FHIR_JSON, "application/json", "*/*", None, "text/html,application/xhtml+xml,*/*;q=0.8",
     "application/fhir+xml;q=0.1, application/fhir+json", "application/fhir+json; fhirVersion=4.0",
     "application/*"],
)  # fmt: skip
def test_who_takes_json_gets_it(probe: Probe, stored: str, accept: str | None) -> None:
    answer = probe.ask("GET", stored, accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/")
    assert answer.json()["resourceType"] == "Patient"


@pytest.mark.parametrize("accept", ["image/png", "application/fhir+xml", "text/turtle"])
def test_who_takes_no_json_gets_406(probe: Probe, stored: str, accept: str) -> None:
    assert probe.ask("GET", stored, accept=accept).status_code == 406


@pytest.mark.parametrize("word", ["nonsense", "xml", "application/fhir%2Bxml"])
def test_a_format_that_is_not_spoken_is_406(probe: Probe, stored: str, word: str) -> None:
    assert probe.read(f"{stored}?_format={word}").status_code == 406


@pytest.mark.parametrize("word", ["json", "application/json", "application/fhir%2Bjson"])
def test_the_format_in_the_address_beats_the_header(probe: Probe, stored: str, word: str) -> None:
    """The `_format` parameter overrides Accept; http://hl7.org/fhir/R4/http.html#parameters"""
    answer = probe.ask("GET", f"{stored}?_format={word}", accept="image/png")
    assert answer.status_code == 200
    assert answer.json()["resourceType"] == "Patient"


def test_a_plus_that_is_not_escaped_is_understood_in_a_format(probe: Probe, stored: str) -> None:
    """A `+` in a query stands for a blank, and many clients forget; R4 asks to accept it.

    http://hl7.org/fhir/R4/http.html#mime-type
    """
    assert probe.read(f"{stored}?_format=application/fhir+json").status_code == 200


def test_pretty_is_for_the_eye_and_changes_no_value(probe: Probe, stored: str) -> None:
    pretty, plain = probe.read(f"{stored}?_pretty=true"), probe.read(f"{stored}?_pretty=false")
    assert pretty.text.count("\n") > 3
    assert pretty.json() == plain.json()


def test_every_version_can_be_read(probe: Probe, stored: str) -> None:
    first = probe.read(f"{stored}/_history/1")
    assert first.status_code == 200
    assert first.headers["etag"] == 'W/"1"'
    assert first.json()["active"] is True
    assert probe.read(f"{stored}/_history/2").json()["active"] is False


@pytest.mark.parametrize("version", ["3", "0", "nonsense", "99999999999999999999"])
def test_an_unknown_version_is_404(probe: Probe, stored: str, version: str) -> None:
    outcome(probe.read(f"{stored}/_history/{version}"), 404)


def test_a_version_can_be_read_after_the_resource_was_deleted(probe: Probe, mark: str) -> None:
    (name,) = probe.stored(weighed(mark))
    assert probe.delete(name).status_code in {200, 204}
    assert probe.read(f"{name}/_history/1").json()["identifier"][0]["value"] == mark


def test_the_version_of_a_delete_is_410(probe: Probe, mark: str) -> None:
    """If the version referred to is actually one where the resource was deleted, 410.

    http://hl7.org/fhir/R4/http.html#vread
    """
    (name,) = probe.stored(weighed(mark))
    probe.delete(name)
    outcome(probe.read(f"{name}/_history/2"), 410)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH"])
def test_a_version_is_never_written(probe: Probe, stored: str, method: str) -> None:
    answer = probe.ask(method, f"{stored}/_history/1", {"resourceType": "Patient"})
    outcome(answer, {404, 405})
