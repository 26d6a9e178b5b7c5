"""URIs above and below others: http://hl7.org/fhir/R4/search.html#uri"""

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
        ("url:below=http://probe.example/{mark}", {"root", "below"}),
        ("url:above=http://probe.example/{mark}/form/item", {"root", "below"}),
        ("url:above=http://probe.example/{mark}", {"root"}),
    ],
)
def test_uris_lie_above_and_below_each_other(
    probe: Probe, forms: dict[str, str], module_mark: str, asked: str, expected: set[str]
) -> None:
    """By segments of the path, as http://hl7.org/fhir/R4/search.html#uri shows."""
    found = probe.matches("Questionnaire?" + asked.format(mark=module_mark))
    assert {name for name, id_ in forms.items() if id_ in found} == expected
