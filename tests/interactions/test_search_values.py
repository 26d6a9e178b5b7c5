"""What one value of a search can say, through the door. http://hl7.org/fhir/R4/search.html#ptypes"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import issue, patient, put, replies, said, transaction

BASE = "https://attune-outcomes.org/fhir"
EXPRESSION = f"{BASE}/CodeSystem/expression"
DISMISSAL = f"{BASE}/ValueSet/dismissal-reason"


def concept(code: str, system: str = "http://a.example/codes") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def observation(id_: str, **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": concept("pressure"),
        "subject": {"reference": "Patient/p"},
        **elements,
    }


async def recorded(fhir: httpx.AsyncClient) -> None:
    """Three records of one patient."""
    high = {"code": concept("systolic"), "valueQuantity": {"value": 150}}
    low = {"code": concept("diastolic"), "valueQuantity": {"value": 90}}
    entries = [
        put(patient(id="p")),
        put(observation("both", component=[high, low], effectiveDateTime="2026-05-03")),
        put(
            observation(
                "said",
                code=concept("mood"),
                valueString="Calm",
                category=[concept("exam")],
                effectiveDateTime="2026-05-01",
            )
        ),
        put(observation("coded", code=concept("mood"), valueCodeableConcept=concept("worse"))),
    ]
    replies(await fhir.post("", json=transaction(*entries)))


async def found(fhir: httpx.AsyncClient, asked: str) -> list[str]:
    answer = await fhir.get(f"/Observation?{asked}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json().get("entry", ()))
    return [each["resource"]["id"] for each in answer.json().get("entry", ())]


async def test_composites_pair_inside_one_element_and_totals_say_how_many(
    fhir: httpx.AsyncClient,
) -> None:
    await recorded(fhir)
    assert await found(fhir, "component-code-value-quantity=systolic$gt140") == ["both"]
    assert await found(fhir, "component-code-value-quantity=diastolic$gt140") == []
    assert await found(fhir, "combo-code-value-quantity=x$1,systolic$150") == ["both"]
    assert await found(fhir, "code-value-string=mood$cal") == ["said"]
    assert await found(fhir, "code-value-concept=mood$worse&patient=p") == ["coded"]
    assert await found(fhir, "code-value-concept=pressure$worse") == []


async def test_a_search_posted_as_a_form_says_the_same(fhir: httpx.AsyncClient) -> None:
    await recorded(fhir)
    answer = await fhir.post(
        "/Observation/_search", data={"component-code-value-quantity": "systolic$gt140"}
    )
    assert [each["resource"]["id"] for each in answer.json()["entry"]] == ["both"]
    assert "component-code-value-quantity=systolic%24gt140" in answer.json()["link"][0]["url"]


async def test_value_sets_that_ship_with_the_service_can_be_asked_for(
    fhir: httpx.AsyncClient,
) -> None:
    await recorded(fhir)
    for named in (DISMISSAL, f"{DISMISSAL}|1.0.0", "ValueSet/dismissal-reason"):
        assert await found(fhir, f"value-concept:in={named}") == []
        everything = await found(fhir, f"value-concept:not-in={named}")
        assert sorted(everything) == ["both", "coded", "said"]


@pytest.mark.parametrize("named", ["http://a.example/unknown", f"{DISMISSAL}|9", "ValueSet/none"])
async def test_a_value_set_that_is_not_held_is_refused_by_the_parameters_name(
    fhir: httpx.AsyncClient, named: str
) -> None:
    answer = await fhir.get("/Observation", params={"value-concept:in": named})
    assert answer.status_code == 400
    assert "'value-concept:in'" in said(answer)
    assert named not in answer.text


async def test_value_sets_of_expression_pick_no_patients(fhir: httpx.AsyncClient) -> None:
    """Clinical rules 1.2."""
    for asked in (
        f"component-value-concept:in={BASE}/ValueSet/expression-presence",
        f"component-value-concept:not-in={BASE}/ValueSet/expression-presence",
        f"component-code-value-concept=expression-presence${EXPRESSION}|tears",
        "component-code-value-quantity=expression-intensity$gt5",
        "_sort=component-value-concept",
        "_sort=-date,combo-value-concept",
    ):
        answer = await fhir.get(f"/Observation?{asked}")
        assert answer.status_code == 403, asked
        assert issue(answer)[0] == "forbidden"
        assert (await fhir.get(f"/Observation?patient=p&{asked}")).status_code == 200, asked


async def test_what_ships_is_found_by_the_address_above_and_below(
    fhir: httpx.AsyncClient,
) -> None:
    below = (await fhir.get(f"/ValueSet?url:below={BASE}/ValueSet&_count=100")).json()
    everything = (await fhir.get("/ValueSet?_count=100")).json()
    assert below["total"] == everything["total"] > 3
    assert (await fhir.get(f"/ValueSet?url:below={BASE}/CodeSystem")).json()["total"] == 0
    above = (await fhir.get(f"/ValueSet?url:above={DISMISSAL}/deeper")).json()
    assert [each["resource"]["url"] for each in above["entry"]] == [DISMISSAL]


async def test_records_of_many_patients_come_newest_first_unless_asked_otherwise(
    fhir: httpx.AsyncClient,
) -> None:
    await recorded(fhir)
    assert await found(fhir, "status=final") == ["both", "said", "coded"]
    assert await found(fhir, "code=mood") == ["said", "coded"]
    assert await found(fhir, "_sort=code,-_id") == ["said", "coded", "both"]
    assert await found(fhir, "_sort=category") == ["said", "both", "coded"]
