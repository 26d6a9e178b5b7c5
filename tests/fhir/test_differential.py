"""Our verdicts are those of `fhir.resources`, but where R4 (4.0.1) is proved to differ from it.

`python -m tests.fhir.differential --count 1000000` asks of more than is asked here.
"""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from service.errors import Issue
from service.fhir.exact_json import dumps
from service.fhir.types import TYPES
from tests.fhir.differential import lenience, stricter
from tests.fhir.differential.cases import CERTAIN, KINDS, case
from tests.fhir.differential.comparison import Comparison, compared, mutated
from tests.fhir.differential.literals import BAD, GOOD, PATTERNS
from tests.fhir.differential.places import by_type
from tests.fhir.differential.verdicts import ours, theirs
from tests.fhir.examples import INVALID, SAMPLED, examples
from tests.fhir.valid import item, observation, patient, questionnaire

COUNT = 10_000
SEED = 1
IN_THE_PACKAGE = {
    "AuditEvent": 9, "Basic": 3, "Device": 2, "Encounter": 10, "EpisodeOfCare": 1, "Goal": 2,
    "Group": 4, "Library": 21, "Measure": 7, "MeasureReport": 4, "Observation": 64,
    "OperationDefinition": 47, "Organization": 13, "Patient": 22, "Practitioner": 14,
    "PractitionerRole": 1, "Provenance": 5, "Questionnaire": 7, "QuestionnaireResponse": 5,
    "Subscription": 2,
}  # fmt: skip
"""The files of hl7.fhir.r4.examples 4.0.1 by the type that their names begin with."""
TOO_LONG_A_NAME = (
    "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json"
)
A_URL = "https://a.example"
NIL = "urn:uuid:00000000-0000-0000-0000-000000000000"


def printed(result: Comparison) -> None:
    """Seen with `pytest -s`, or where a test fails."""
    sys.stdout.write("\n".join(["", *result.table(), *map(str, result.unexplained)]) + "\n")


@pytest.fixture(scope="module")
def run() -> Comparison:
    result = mutated(COUNT, SEED)
    printed(result)
    return result


def test_every_example_of_every_served_type_is_here() -> None:
    here = Counter(name.partition("-")[0] for name in examples())
    sampled = {name: few for name, (few, _) in SAMPLED.items()}
    assert here == IN_THE_PACKAGE | sampled
    assert set(here) == set(TYPES)


def test_an_example_of_any_size_may_be_mutated() -> None:
    names = {example.name for each in by_type().values() for example in each}
    assert names == set(examples()) - set(INVALID)


def test_every_disagreement_on_an_example_is_explained() -> None:
    result = compared(examples().items())
    printed(result)
    assert result.bodies == 273
    assert {each.name: each.reason for each in result.found} == {
        "CodeSystem-v2-0061.json": "extended value of an extension",
        "CodeSystem-v2-0550.json": "space beyond ASCII",
        "Observation-clinical-gender.json": "type of a reference",
        "Questionnaire-zika-virus-exposure-assessment.json": "invariant txt-1",
        TOO_LONG_A_NAME: "form",
        "StructureDefinition-FiveWs.json": "invariant sdf-4",
    }


def test_every_disagreement_on_a_mutated_example_is_explained(run: Comparison) -> None:
    assert run.bodies == COUNT
    assert not run.unexplained, "\n".join(map(str, run.unexplained))


def test_nothing_passes_that_breaks_r4_for_certain(run: Comparison) -> None:
    assert not run.missed


def test_mutations_are_spread_over_types_and_kinds(run: Comparison) -> None:
    types, kinds = Counter[str](), Counter[str]()
    for (kind, type_name), count in run.kinds.items():
        kinds[kind] += count
        types[type_name] += count
    assert set(types) == set(TYPES)
    assert {COUNT // 24, COUNT // 24 + 1} == set(types.values())
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) > COUNT / len(KINDS) / 2
    assert set(KINDS) >= CERTAIN


def test_both_verdicts_are_met_often(run: Comparison) -> None:
    taken_by_both = run.bodies - run.refused - len(run.found)
    assert min(taken_by_both, run.refused, len(run.found)) > COUNT / 10


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_good_literal_fits_its_pattern(name: str) -> None:
    assert all(PATTERNS[name].fullmatch(text) for text in GOOD[name])
    assert set(BAD) == set(GOOD)


DIGEST = """
from hashlib import sha256
from tests.fhir.differential.cases import case
print(sha256(b"".join(case(1, number).body for number in range(240))).hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_a_seed_gives_the_same_cases_in_every_process(hash_seed: str) -> None:
    own = hashlib.sha256(b"".join(case(1, number).body for number in range(240)))
    answer = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    )
    assert answer.stdout.strip() == own.hexdigest()


VALID = observation(
    valueString="a",
    text={"status": "generated", "div": "<div>a</div>"},
    performer=[{"reference": "Practitioner/1"}],
    identifier=[{"use": "official", "value": "1"}],
    effectivePeriod={"start": "2026-01-01", "end": "2026-02-01"},
    extension=[{"url": A_URL, "valueRange": {"low": {"value": 1}, "high": {"value": 2}}}],
)


@pytest.mark.parametrize(
    ("code", "expression", "says"),
    [
        ("code-invalid", "Observation.status", "must be a code of its required value set"),
        ("code-invalid", "Observation.identifier[0].use", "must be a code of its value set"),
        ("value", "Observation.status", "must be a code"),
        ("value", "Observation.identifier", "must not be empty"),
        ("value", "Observation.effective.start", "must be a date that exists"),
        ("value", "Observation.performer[0].reference", "must name a resource of type Patient"),
        ("structure", "Observation.status", "is not an element of R4"),
        ("structure", "Observation", "has a member that is not an element of R4"),
        ("structure", "Observation.value", "must have one type only"),
        ("structure", "Observation.performer", "must be an array"),
        ("required", "Observation.code", "is required"),
        ("invariant", "Observation.effective", "must not end before it starts (per-1)"),
        ("invariant", "Observation.dataAbsentReason", "must not stand beside a value (obs-6)"),
        ("invariant", "Observation.extension[0]", "must have either (ext-1)"),
        ("invariant", "Observation.extension[0].value", "must not have a low (rng-2)"),
        ("invariant", "Observation.text.div", "must be a div (txt-1, txt-2)"),
        ("invariant", "Observation.performer[0].reference", "must name a contained (ref-1)"),
        ("invariant", "Observation.effective", "breaks what there is not (abc-1)"),
    ],
)
def test_a_wrong_refusal_of_ours_would_not_be_explained(
    code: str, expression: str, says: str
) -> None:
    issue = Issue(code=code, message=f"{expression} {says}.", expression=expression)
    assert stricter.reason(issue, dumps(VALID)) is None


def test_a_refusal_without_a_place_is_explained_by_the_text_alone() -> None:
    issue = Issue(code="structure", message="A member appears twice in one object.")
    assert stricter.reason(issue, dumps(VALID)) is None
    assert stricter.reason(issue, b'{"resourceType":"Basic","id":"a","id":"b"}') == "member twice"


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (
            patient(extension=[{"url": A_URL, "valueCode": "a", "_valueCode": {"id": "a"}}]),
            "extended value of an extension",
        ),
        (
            patient(extension=[{"url": A_URL, "valueUuid": NIL}]),
            "uuid of another version than 4",
        ),
        (
            questionnaire(
                item(
                    enableWhen=[
                        {
                            "question": "2",
                            "operator": "=",
                            "_answerDateTime": {"extension": [{"url": A_URL, "valueCode": "a"}]},
                        }
                    ]
                )
            ),
            "choice that is only extended",
        ),
        (
            patient(extension=[{"url": A_URL, "valueMeta": {"versionId": "1"}}]),
            "Meta as the value of an extension",
        ),
        (
            patient(
                contained=[{"resourceType": "MedicinalProduct", "id": "a"}],
                generalPractitioner=[{"reference": "#a"}],
            ),
            "contained type that R4B dropped",
        ),
        (patient(name=[{"text": "\N{NO-BREAK SPACE}"}]), "space beyond ASCII"),
    ],
)
def test_what_the_models_refuse_wrongly_is_repaired_and_named(
    resource: dict[str, Any], why: str
) -> None:
    assert ours(dumps(resource)) == ()
    assert theirs(dumps(resource)) is not None
    assert lenience.reason(resource) == why


EXTENDED = {"url": A_URL, "_valueCode": {"id": "a"}, "valueCode": "a"}


@pytest.mark.parametrize(
    "resource",
    [
        patient(extension=[EXTENDED], colour="x"),
        patient(extension=[{**EXTENDED, "valueString": 1}]),
        patient(extension=[{"url": A_URL, "valueUuid": "urn:uuid:1"}]),
        patient(extension=[{"url": A_URL, "valueMeta": {"tag": []}, "unknown": "x"}]),
        patient(name=[{"family": ["a\N{NO-BREAK SPACE}"]}]),
        patient(contained=[{"resourceType": "Banana"}]),
        observation(status=["final"]),
    ],
)
def test_a_right_refusal_of_the_models_is_not_explained_away(resource: dict[str, Any]) -> None:
    assert lenience.reason(resource) is None


def test_every_known_difference_has_a_source() -> None:
    for each in (*lenience.KNOWN.values(), *stricter.KNOWN.values()):
        assert each.source.startswith("https://")
