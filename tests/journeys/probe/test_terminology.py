"""$expand, $lookup and $validate-code of what the server holds.

http://hl7.org/fhir/R4/terminology-service.html
"""

from urllib.parse import quote

import pytest

from tests.journeys.probe.speech import Json, Probe, outcome

Held = tuple[Json, str, str]


@pytest.fixture(scope="module")
def held(probe: Probe) -> Held:
    """A value set, one of its systems and one of that system's codes."""
    for page in probe.pages("ValueSet?_count=50"):
        for entry in page.get("entry", ()):
            for part in entry["resource"].get("compose", {}).get("include", ()):
                for each in part.get("concept", ()):
                    return entry["resource"], part["system"], each["code"]
    raise AssertionError("The server holds no value set that lists its codes.")


def parameters(answer: Json) -> dict[str, object]:
    assert answer["resourceType"] == "Parameters"
    return {
        each["name"]: next((v for k, v in each.items() if k.startswith("value")), None)
        for each in answer["parameter"]
    }


def contained(expansion: Json) -> set[tuple[str, str]]:
    return {(each["system"], each["code"]) for each in expansion["contains"]}


def test_a_value_set_is_expanded_by_its_url(probe: Probe, held: Held) -> None:
    answer = probe.read(f"ValueSet/$expand?url={quote(held[0]['url'])}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["resourceType"] == "ValueSet"
    assert held[1:] in contained(answer.json()["expansion"])


def test_a_value_set_is_expanded_where_it_stands(probe: Probe, held: Held) -> None:
    answer = probe.read(f"ValueSet/{held[0]['id']}/$expand")
    assert answer.status_code == 200, answer.text
    expansion = answer.json()["expansion"]
    assert held[1:] in contained(expansion)
    assert expansion["timestamp"]
    assert expansion["total"] >= len(expansion["contains"])


def test_an_expansion_has_pages(probe: Probe, held: Held) -> None:
    answer = probe.read(f"ValueSet/{held[0]['id']}/$expand?count=1&offset=0")
    assert len(answer.json()["expansion"]["contains"]) == 1


def test_an_unknown_value_set_is_not_found(probe: Probe) -> None:
    outcome(probe.read("ValueSet/$expand?url=http://probe.example/nowhere"), {404, 422})


def test_a_code_is_looked_up(probe: Probe, held: Held) -> None:
    answer = probe.read(f"CodeSystem/$lookup?system={quote(held[1])}&code={held[2]}")
    assert answer.status_code == 200, answer.text
    found = parameters(answer.json())
    assert found["name"]
    assert found["display"]


def test_an_unknown_code_is_not_found(probe: Probe, held: Held) -> None:
    outcome(probe.read(f"CodeSystem/$lookup?system={quote(held[1])}&code=nonsense"), {404, 422})


@pytest.mark.parametrize(("code", "result"), [(None, True), ("nonsense", False)])
def test_a_code_is_validated_against_its_system(
    probe: Probe, held: Held, code: str | None, result: bool
) -> None:
    path = f"CodeSystem/$validate-code?url={quote(held[1])}&code={code or held[2]}"
    answer = probe.read(path)
    assert answer.status_code == 200, answer.text
    assert parameters(answer.json())["result"] is result
