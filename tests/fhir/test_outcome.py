"""Whatever is said of a request is an OperationOutcome that is itself valid."""

from service.errors import Invalid, Issue, Malformed, Severity
from service.fhir.outcome import of_error, outcome
from service.fhir.validation import validate


def test_an_issue_is_told_with_severity_code_sentence_and_place() -> None:
    said = outcome(
        [
            Issue(
                severity=Severity.WARNING,
                code="invariant",
                message="Observation.value is odd.",
                expression="Observation.value",
            )
        ]
    )
    assert said == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "warning",
                "code": "invariant",
                "details": {"text": "Observation.value is odd."},
                "diagnostics": "Observation.value is odd.",
                "expression": ["Observation.value"],
            }
        ],
    }
    assert validate(said) == ()


def test_nothing_to_say_is_that_all_is_well() -> None:
    (issue,) = outcome([])["issue"]
    assert (issue["severity"], issue["code"]) == ("information", "informational")


def test_an_error_says_its_own_issue_or_those_it_carries() -> None:
    (issue,) = of_error(Malformed("The body is empty."))["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "structure")
    assert "expression" not in issue
    carried = Invalid(
        "x", issues=[Issue(code="value", message="a."), Issue(code="value", message="b.")]
    )
    assert [i["diagnostics"] for i in of_error(carried)["issue"]] == ["a.", "b."]
