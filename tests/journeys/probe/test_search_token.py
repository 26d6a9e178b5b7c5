"""Tokens: http://hl7.org/fhir/R4/search.html#token"""

import pytest

from tests.journeys.probe.resources import CODES, LOINC, SYSTEM, patient, weighed
from tests.journeys.probe.speech import Probe, outcome

OTHER = "http://probe.example/other"


@pytest.fixture(scope="module")
def coded(probe: Probe, module_mark: str) -> dict[str, str]:
    """Observations by a letter; what stands between them is their code."""
    codes = {
        "loinc": {"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight"}]},
        "bare": {"coding": [{"code": "29463-7"}]},
        "other": {"coding": [{"system": OTHER, "code": "29463-7"}]},
        "both": {
            "coding": [{"system": LOINC, "code": "8302-2"}, {"system": OTHER, "code": "h"}],
            "text": "Measured standing",
        },
        "text": {"text": "measured at home"},
        "hard": {"coding": [{"system": CODES, "code": "a,b|c$d\\e"}]},
    }
    method = {"coding": [{"system": CODES, "code": "scales"}]}
    names = probe.stored(
        *(
            weighed(module_mark, code=code) | ({"method": method} if name == "loinc" else {})
            for name, code in codes.items()
        )
    )
    return dict(zip(codes, names, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (f"code={LOINC}|29463-7", "loinc"),
        ("code=29463-7", "loinc bare other"),
        ("code=|29463-7", "bare"),
        (f"code={LOINC}|", "loinc both"),
        (f"code={OTHER}|h", "both"),
        (f"code={LOINC}|h", ""),
        (f"code={LOINC}|29463-7,{OTHER}|h", "loinc both"),
        (f"code={LOINC}|8302-2&code={OTHER}|h", "both"),
        (f"code={LOINC}|8302-2&code=29463-7", ""),
        ("code=29463", ""),
        (r"code=a\,b\|c\$d\\e", "hard"),
        (CODES.join(("code=", r"|a\,b\|c\$d\\e")), "hard"),
        (f"code:not={LOINC}|29463-7", "bare other both text hard"),
        (f"code:not={LOINC}|29463-7,{OTHER}|h", "bare other text hard"),
        (f"code:not={LOINC}|29463-7&code:not={OTHER}|h", "bare other text hard"),
        (f"method={CODES}|scales", "loinc"),
        (f"method:not={CODES}|scales", "bare other both text hard"),
        ("method:missing=true", "bare other both text hard"),
        ("method:missing=false", "loinc"),
        ("code:text=measured", "both text"),
        ("code:text=Body", "loinc"),
        ("status=final", "loinc bare other both text hard"),
        ("status=amended,final", "loinc bare other both text hard"),
        ("status=amended", ""),
        ("status=http://hl7.org/fhir/observation-status|final", "loinc bare other both text hard"),
        ("status:not=final", ""),
    ],
)
def test_a_token_finds(
    probe: Probe, coded: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&{asked}")
    assert {name for name, id_ in coded.items() if id_ in found} == set(expected.split())


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ("identifier={system}|{mark}", True),
        ("identifier={mark}", True),
        ("identifier=|{mark}", False),
        ("identifier=http://probe.example/others|{mark}", False),
        ("identifier={mark}&identifier={system}|", True),
        ("identifier={mark}&active=true", True),
        ("identifier={mark}&active=false", False),
        ("identifier={mark}&gender=female", True),
        ("identifier={mark}&gender=http://hl7.org/fhir/administrative-gender|female", True),
        ("identifier={mark}&gender:not=male", True),
        ("identifier={mark}&telecom=555-1234", True),
        ("identifier={mark}&phone=555-1234", True),
        ("identifier={mark}&email=555-1234", False),
        ("identifier={mark}&email=ada@probe.example", True),
        ("identifier={mark}&deceased=false", True),
        ("identifier={mark}&deceased=true", False),
        ("identifier={mark}&language=de", True),
    ],
)
def test_identifiers_codes_and_contacts_are_tokens(
    probe: Probe, mark: str, asked: str, finds: bool
) -> None:
    made = patient(
        mark,
        active=True,
        gender="female",
        telecom=[
            {"system": "phone", "value": "555-1234"},
            {"system": "email", "value": "ada@probe.example"},
        ],
        communication=[{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "de"}]}}],
    )
    (name,) = probe.stored(made)
    found = probe.matches("Patient?" + asked.format(system=SYSTEM, mark=mark))
    assert found == ({name} if finds else set())


@pytest.mark.parametrize("asked", ["code:in=http://probe.example/nowhere", "code=a|b|c"])
def test_what_cannot_be_searched_is_refused_and_not_guessed(probe: Probe, asked: str) -> None:
    outcome(probe.read(f"Observation?{asked}"), {400, 404, 422})
