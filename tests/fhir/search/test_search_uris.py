"""URIs, and what is above and below them. http://hl7.org/fhir/R4/search.html#uri"""

import pytest

from service.fhir.search.uris import above
from tests.fhir.search.asked import found

ROWS = [
    # "By default, matches are precise, case and accent sensitive, and the entire URI must match."
    ("http://acme.org/fhir/ValueSet/123", "url=http://acme.org/fhir/ValueSet/123", True, "equal"),
    ("http://acme.org/fhir/ValueSet/123", "url=http://acme.org/fhir/valueset/123", False, "case"),
    ("http://acme.org/fhir/ValueSet/123", "url=http://acme.org/fhir/ValueSet/12", False, "part"),
    ("urn:oid:1.2.3.4.5", "url=urn:oid:1.2.3.4.5", True, "a URN"),
    # What stands below is "any value sets with a url that starts with" the one searched for.
    ("http://acme.org/fhir/ValueSet/123", "url:below=http://acme.org/fhir/", True, "starts so"),
    ("http://acme.org/fhir/ValueSet/123", "url:below=http://acme.org/fhir", True, "the path above"),
    ("http://acme.org/fhirs", "url:below=http://acme.org/fhir", False, "another path"),
    ("http://acme.org/fhir", "url:below=http://acme.org/fhir", True, "itself"),
    ("http://acme.org/", "url:below=http://acme.org/fhir", False, "above it"),
    ("http://acme.org/Fhir/x", "url:below=http://acme.org/fhir", False, "case"),
    # The specification's own list of what is above .../ValueSet/123/_history/5.
    *(
        (url, "url:above=http://acme.org/fhir/ValueSet/123/_history/5", True, "above or itself")
        for url in (
            *("http://acme.org/fhir/ValueSet/123/_history/5",),
            *("http://acme.org/fhir/ValueSet/123/_history", "http://acme.org/fhir/ValueSet/123"),
            *("http://acme.org/fhir/ValueSet", "http://acme.org/fhir", "http://acme.org/"),
        )
    ),
    ("http://acme.org", "url:above=http://acme.org/fhir", True, "with or without its slash"),
    ("http://acme.org/fhir/x/y", "url:above=http://acme.org/fhir/x", False, "below it"),
    ("http://acme.org/fhi", "url:above=http://acme.org/fhir", False, "no part of the path"),
    ("http://", "url:above=http://acme.org/fhir", False, "no address at all"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), ROWS)
def test_a_uri_is_found_whole_or_by_its_place_among_others(
    stored: str, asked: str, expected: bool, why: str
) -> None:
    assert found({"resourceType": "ValueSet", "url": stored}, asked) is expected, why


def test_what_is_above_a_url_is_as_much_as_its_path_is_deep() -> None:
    assert above("http://a.example/x/") == (
        "http://a.example/x/",
        "http://a.example/x",
        "http://a.example",
        "http://a.example/",
    )
    assert len(above("http://a.example" + "/x" * 10)) == 22
