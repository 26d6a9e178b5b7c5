"""`_include` and `_revinclude` as they are read. http://hl7.org/fhir/R4/search.html#include"""

import pytest

from service.errors import BadRequest
from service.fhir.search.includes import offered, offered_reverse
from service.fhir.search.parameters import TABLE
from tests.fhir.search.asked import query

READ = [
    ("_include=Observation:patient", [("Observation", "patient", None)]),
    ("_include=Observation:subject:Patient", [("Observation", "subject", "Patient")]),
    ("_include:iterate=Encounter:part-of", [("Encounter", "part-of", None)]),
    ("_revinclude=Observation:derived-from", [("Observation", "derived-from", None)]),
    (
        "_revinclude=Observation:has-member:Observation",
        [("Observation", "has-member", "Observation")],
    ),
    ("_revinclude:iterate=Encounter:patient", [("Encounter", "patient", None)]),
    (
        "_include=Observation:*:Patient",
        [("Observation", name, "Patient") for name in ("focus", "patient", "performer", "subject")],
    ),
]


@pytest.mark.parametrize(("asked", "joins"), READ)
def test_an_include_names_a_type_a_reference_parameter_and_perhaps_a_target(
    asked: str, joins: list[tuple[str, str, str | None]]
) -> None:
    found = query("Observation", asked)
    (include,) = found.includes
    assert [(j.source, j.parameter.name, j.target) for j in include.joins] == joins
    assert include.reverse is ("_rev" in asked)
    assert include.iterate is (":iterate" in asked)
    assert found.used == (tuple(asked.split("=")),)


def test_the_wild_card_stands_for_every_reference_parameter() -> None:
    (own,) = query("Observation", "_include=Observation:*").includes
    (every,) = query("Observation", "_include=*").includes
    assert own.joins == every.joins
    assert {"patient", "encounter", "has-member", "device"} <= {
        join.parameter.name for join in own.joins
    }
    assert {join.source for join in every.joins} == {"Observation"}
    (iterating,) = query("Observation", "_include:iterate=*").includes
    assert {"Observation", "Encounter", "Patient"} <= {join.source for join in iterating.joins}
    (naming,) = query("Encounter", "_revinclude=*").includes
    assert ("Observation", "encounter") in {(j.source, j.parameter.name) for j in naming.joins}
    assert ("Observation", "patient") not in {(j.source, j.parameter.name) for j in naming.joins}


REFUSED = [
    ("_include=Nonsense:patient", "Nonsense"),
    ("_include=Observation:nonsense", "nonsense"),
    ("_include=Observation:code", "code"),
    ("_include=Observation", "Observation"),
    ("_include=Observation:", "Observation"),
    ("_include=Observation:patient:", "patient"),
    ("_include=Observation:patient:Group", "Group"),
    ("_include=Observation:patient:Nonsense", "Nonsense"),
    ("_include=Observation:patient,Observation:encounter", "Observation"),
    ("_include=Encounter:patient", "_include"),
    ("_include:recurse=Observation:patient", "_include"),
    ("_include:iterate:x=Observation:patient", "_include"),
    ("_include=*:*", "_include"),
    ("_revinclude=Encounter:patient", "_revinclude"),
    ("_revinclude=Observation:focus:Patient", "_revinclude"),
    ("_revinclude=Observation:nonsense", "nonsense"),
]


@pytest.mark.parametrize(("asked", "name"), REFUSED)
def test_what_can_never_be_included_is_refused_by_name(asked: str, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        query("Observation", asked)
    assert name in str(refused.value)
    left_out = query("Observation", asked, lenient=True)
    assert (left_out.includes, left_out.used) == ((), ())
    assert name in left_out.ignored[0].message


def test_includes_cannot_be_mixed_with_the_summary_text() -> None:
    for pairs in (
        ("_include=Observation:patient", "_summary=text"),
        ("_summary=text", "_revinclude=Observation:focus"),
    ):
        with pytest.raises(BadRequest, match="_summary=text"):
            query("Observation", *pairs)
        left_out = query("Observation", *pairs, lenient=True)
        assert left_out.includes == ()
        assert left_out.used == (("_summary", "text"),)
        assert "_summary=text" in left_out.ignored[0].message
    assert query("Observation", "_summary=data", "_include=Observation:patient").includes


def test_everything_offered_is_understood() -> None:
    for kind in TABLE:
        for value in offered(kind):
            assert query(kind, f"_include={value}").includes
        for value in offered_reverse(kind):
            assert query(kind, f"_revinclude={value}").includes
    assert "Observation:patient" in offered("Observation")
    assert "Observation:patient" in offered_reverse("Patient")
    assert "Observation:patient" not in offered_reverse("Encounter")
    assert "Observation:code" not in offered("Observation")
