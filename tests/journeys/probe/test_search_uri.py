"""URIs: http://hl7.org/fhir/R4/search.html#uri"""

import pytest

from tests.journeys.probe.speech import Probe


@pytest.fixture(scope="module")
def forms(probe: Probe, module_mark: str) -> dict[str, str]:
    root = f"http://probe.example/{module_mark}"
    urls = {"root": root, "below": f"{root}/form", "beside": f"{root}s/form"}
    names = probe.stored(
        *({"resourceType": "Questionnaire", "status": "draft", "url": u} for u in urls.values())
    )
    return dict(zip(urls, names, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("url=http://probe.example/{mark}", "root"),
        ("url=http://probe.example/{mark}/FORM", ""),
        ("url=http://probe.example/{mark}/fo", ""),
        ("url=http://probe.example/{mark},http://probe.example/{mark}s/form", "root beside"),
    ],
)
def test_a_uri_is_found_as_a_whole(
    probe: Probe, forms: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches("Questionnaire?" + asked.format(mark=module_mark))
    assert {name for name, id_ in forms.items() if id_ in found} == set(expected.split())
