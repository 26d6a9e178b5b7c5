"""What a query string becomes, and what is refused by name."""

import pytest

from service.errors import BadRequest, Severity
from service.fhir.search.parameters import TABLE
from service.fhir.search.parse import offered
from service.fhir.search.query import MAX_COUNT, Modifier, Summary, Total
from tests.fhir.search.asked import query

REFUSED = [
    ("nonsense=1", "nonsense"),
    ("Code=1", "Code"),
    ("identifier:in=http://a.example/moods", ":in"),
    ("code:above=x", ":above"),
    ("code:of-type=x|y|z", ":of-type"),
    ("_profile:below=http://a.example", ":below"),
    ("_id:in=http://a.example/moods", ":in"),
    ("code:exact=x", ":exact"),
    ("code:=x", "code"),
    ("status:text=x", ":text"),
    ("date:not=2026", ":not"),
    ("url=x", "url"),
    ("subject:Practitioner=1", ":Practitioner"),
    ("code-value-quantity:missing=true", ":missing"),
    ("code-value-quantity:not=a$1", ":not"),
    ("_text=x", "_text"),
    ("_id:missing=true", ":missing"),
    ("_sort=nonsense", "nonsense"),
    ("_sort=_profile", "_profile"),
    ("_sort=date,-code-value-concept", "code-value-concept"),
    ("code=", "code"),
]


@pytest.mark.parametrize(("asked", "name"), REFUSED)
def test_what_is_not_offered_is_refused_by_name(asked: str, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        query("Observation", asked)
    (issue,) = refused.value.issues
    assert name in issue.message
    assert issue.severity is Severity.ERROR


@pytest.mark.parametrize(("asked", "name"), REFUSED)
def test_lenient_handling_leaves_it_out_and_says_so(asked: str, name: str) -> None:
    found = query("Observation", "status=final", asked, lenient=True)
    assert found.used == (("status", "final"),)
    assert [clause.parameter.name for clause in found.clauses] == ["status"]
    assert found.sort == ()
    (issue,) = found.ignored
    assert name in issue.message
    assert issue.severity is Severity.WARNING


UNREADABLE = [
    "date=banana",
    "date=2026-02-30",
    "date=xx2026",
    "date=2026-05-03 10:00",
    "code:in=http://a.example/nowhere",
    "code:not-in=http://a.example/moods|2",
    "code:in=ValueSet/nowhere",
    "code:in=CodeSystem/mood",
    "code:in=http://a.example/moods,x",
    "code:in=http://a.example/ruled",
    "code:in=http://a.example/unlisted",
    "identifier:of-type=a|b",
    "identifier:of-type=a|b|",
    "identifier:of-type=|b|c",
    "identifier:of-type=a|b|c|d",
    "_profile:above=urn:oid:1.2.3",
    "_profile:above=http://a.example" + "/x" * 49,
    "code-value-quantity=a",
    "code-value-quantity=a$1$2",
    "code-value-quantity=a$five",
    "code-value-quantity=$1",
    "code-value-date=a$banana",
    "value-quantity=five",
    "value-quantity=gt",
    "value-quantity=1|2",
    "value-quantity=1|2|3|4",
    "value-quantity=1e999",
    "value-quantity=NaN",
    "code=|",
    "code=a|b|c",
    "code=a,,b",
    r"code=a\b",
    "code=a\\",
    "subject=a/b/c",
    "subject=#x",
    "subject:Patient=Group/1",
    "subject:missing=yes",
    "family=a\x00b",
    "_count=-1",
    "_count=x",
    "_count=1.5",
    "_count=١",
    "_total=some",
    "_summary=all",
    "_elements=a b",
]


@pytest.mark.parametrize("asked", UNREADABLE)
@pytest.mark.parametrize("lenient", [True, False])
def test_a_value_that_cannot_be_read_is_refused_whatever_the_handling(
    asked: str, lenient: bool
) -> None:
    kind = "Patient" if asked.startswith("family") else "Observation"
    with pytest.raises(BadRequest):
        query(kind, asked, lenient=lenient)


def test_a_refusal_does_not_echo_what_is_no_name() -> None:
    with pytest.raises(BadRequest) as refused:
        query("Observation", "<script>=1")
    assert "script" not in refused.value.issues[0].message


def test_fifty_parameters_are_read_and_one_more_is_refused() -> None:
    assert len(query("Observation", *["code=a"] * 50).clauses) == 50
    with pytest.raises(BadRequest):
        query("Observation", *["code=a"] * 51)


def test_five_hundred_alternatives_are_read_and_one_more_is_refused() -> None:
    many = ",".join(str(number) for number in range(500))
    assert len(query("Observation", f"code={many}").clauses[0].values) == 500
    with pytest.raises(BadRequest):
        query("Observation", f"code={many},x")


def test_count_is_capped_and_self_says_the_cap() -> None:
    found = query("Patient", "_count=1000000000")
    assert found.count == MAX_COUNT == 1_000
    assert found.used == (("_count", "1000"),)


def test_result_parameters_are_read() -> None:
    found = query(
        "Observation",
        *("_sort=-date,_id", "_count=7", "_total=none", "_summary=data"),
        "_elements=status,Observation.code",
    )
    keys = [(sort.parameter.name, sort.descending) for sort in found.sort]
    assert keys == [("date", True), ("_id", False)]
    assert (found.count, found.total, found.summary) == (7, Total.NONE, Summary.DATA)
    assert found.elements == ("status", "code")


def test_a_result_parameter_given_twice_is_refused() -> None:
    with pytest.raises(BadRequest):
        query("Patient", "_count=1", "_count=2")


def test_without_result_parameters_nobody_says_how_matches_are_counted() -> None:
    found = query("Patient")
    assert found.total is None
    assert not found.counts_only
    assert query("Patient", "_count=0").counts_only
    assert query("Patient", "_summary=count").counts_only


def test_what_was_used_is_kept_as_it_was_sent() -> None:
    pairs = ("date", "ge2026-05-03T10:00:00+05:30"), ("code", r"a\,b")
    assert query("Observation", *("=".join(pair) for pair in pairs)).used == pairs


VALUES = {
    Modifier.MISSING: "true",
    Modifier.IN: "http://a.example/moods",
    Modifier.NOT_IN: "ValueSet/moods",
    Modifier.ABOVE: "http://a.example/x",
    Modifier.BELOW: "http://a.example/x",
    Modifier.OF_TYPE: "a|b|c",
}


def test_every_parameter_reads_the_modifiers_that_it_offers() -> None:
    for kind, parameters in TABLE.items():
        for parameter in parameters.values():
            for modifier in offered(parameter):
                value = VALUES.get(modifier, "x")
                (clause,) = query(kind, f"{parameter.name}:{modifier}={value}").clauses
                assert clause.parameter is parameter
