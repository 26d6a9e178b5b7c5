"""capabilities: http://hl7.org/fhir/R4/http.html#capabilities"""

from tests.journeys.probe.advertised import Walk
from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe


def told(probe: Probe) -> Json:
    answer = probe.read("metadata")
    assert answer.status_code == 200
    statement: Json = answer.json()
    return statement


def test_the_statement_is_one_of_this_server_and_of_r4(probe: Probe) -> None:
    statement = told(probe)
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["kind"] == "instance"
    assert statement["status"] in {"active", "draft"}
    assert statement["implementation"]["url"].rstrip("/") == probe.base
    assert {"json", "application/fhir+json"} & set(statement["format"])
    assert [rest["mode"] for rest in statement["rest"]] == ["server"]


def test_no_credentials_are_needed_to_read_it(probe: Probe) -> None:
    assert probe.read("metadata", Authorization="Bearer nonsense").status_code == 200


def test_a_mode_may_be_asked_for(probe: Probe) -> None:
    for mode in ("full", "normative"):
        assert probe.read(f"metadata?mode={mode}").status_code == 200


def test_every_interaction_that_is_advertised_answers(probe: Probe, mark: str) -> None:
    probe.stored(patient(mark))
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.silent_interactions()) == []


def test_no_interaction_answers_that_is_not_advertised(probe: Probe) -> None:
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.unadvertised_interactions()) == []


def test_every_search_parameter_that_is_advertised_is_used(probe: Probe) -> None:
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.unused_parameters()) == []


def test_every_include_that_is_advertised_is_taken(probe: Probe) -> None:
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.refused_includes()) == []


def test_every_operation_that_is_advertised_answers(probe: Probe, mark: str) -> None:
    probe.stored(patient(mark))
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.silent_operations()) == []


def test_every_format_that_is_advertised_is_spoken(probe: Probe) -> None:
    walk = Walk(probe=probe, statement=told(probe))
    assert list(walk.unspoken_formats()) == []


def test_every_type_that_is_advertised_is_one_of_r4_and_stands_once(probe: Probe) -> None:
    names = [each["type"] for each in told(probe)["rest"][0]["resource"]]
    assert len(names) == len(set(names))
    for name in names:
        assert probe.read(f"{name}?_count=1").status_code == 200
