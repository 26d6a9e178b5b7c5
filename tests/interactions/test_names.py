"""What the names in a Bundle stand for. http://hl7.org/fhir/R4/bundle.html#references"""

from service.fhir.resource import Identity
from service.interactions.names import Names

ADA = Identity(type="Patient", id="new")
NAMES = Names.of(
    [
        ("urn:uuid:1", ADA),
        ("http://a.example/fhir/Patient/1", ADA),
        ("http://a.example/fhir/Patient/2/_history/1", ADA),
        (None, Identity(type="Patient", id="unnamed")),
    ]
)


def test_a_full_url_stands_for_its_resource_wherever_it_is_named() -> None:
    for place in (None, "urn:uuid:2", "http://b.example/fhir/Observation/1"):
        assert NAMES.seen_from(place)["urn:uuid:1"] == "Patient/new"
        assert NAMES.seen_from(place)["http://a.example/fhir/Patient/1"] == "Patient/new"


def test_a_relative_reference_is_seen_from_the_resource_that_holds_it() -> None:
    assert NAMES.seen_from("http://a.example/fhir/Observation/9")["Patient/1"] == "Patient/new"
    for place in (None, "urn:uuid:2", "http://b.example/fhir/Observation/1", "Observation/1"):
        assert "Patient/1" not in NAMES.seen_from(place)


def test_other_links_can_join() -> None:
    joined = NAMES.joined({"Patient?identifier=1": "Patient/7"})
    assert dict(joined.seen_from("http://a.example/fhir/Observation/9")) == {
        "urn:uuid:1": "Patient/new",
        "http://a.example/fhir/Patient/1": "Patient/new",
        "http://a.example/fhir/Patient/2/_history/1": "Patient/new",
        "Patient/1": "Patient/new",
        "Patient?identifier=1": "Patient/7",
    }
