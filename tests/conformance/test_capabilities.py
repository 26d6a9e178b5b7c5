"""`metadata` is true: what it advertises answers as advertised, and what it does not is refused.

http://hl7.org/fhir/R4/capabilitystatement.html
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest_asyncio

from service.clinical.catalogue import catalogue
from service.clinical.package import shipped
from service.fhir.access import Access
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.search.parameters import TABLE
from service.fhir.validation import validate
from service.interactions.package import install
from tests.conformance.operation_calls import CALLS, OURS, RESPONSE, Call, validations
from tests.door import Standing
from tests.interactions.sent import Json, batch, patient, transaction

VALID: dict[str, Json] = {
    "Basic": {"code": {"text": "x"}},
    "Device": {},
    "Encounter": {"status": "finished", "class": {"code": "AMB"}},
    "EpisodeOfCare": {"status": "active", "patient": {"display": "x"}},
    "Goal": {
        "lifecycleStatus": "active",
        "description": {"text": "x"},
        "subject": {"display": "x"},
    },
    "Group": {"type": "person", "actual": True},
    "MeasureReport": {
        "status": "complete",
        "type": "summary",
        "measure": "http://a.example/Measure/x",
        "period": {"start": "2026"},
    },
    "Observation": {"status": "final", "code": {"text": "x"}},
    "Organization": {"name": "x"},
    "Patient": {},
    "Practitioner": {},
    "PractitionerRole": {},
    "Provenance": {
        "target": [{"display": "x"}],
        "recorded": "2026-05-03T10:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    },
    "Questionnaire": {"status": "draft"},
    "QuestionnaireResponse": {"status": "in-progress"},
    "Subscription": {
        "status": "requested",
        "reason": "x",
        "criteria": "Patient?",
        "channel": {"type": "rest-hook"},
    },
}
"""A resource of every type that clients write, without its type and id."""
READ_ONLY = {
    "AuditEvent", "CodeSystem", "Library", "Measure", "OperationDefinition", "SearchParameter",
    "StructureDefinition", "ValueSet",
}  # fmt: skip

PLAUSIBLE = {
    "date": "ge2026-05-03",
    "quantity": "5.4|http://unitsofmeasure.org|kg",
    "reference": "1",
    "string": "a",
    "token": "http://a.example|b",
    "uri": "http://a.example",
}
COMPOSITES = {
    "quantity": f"http://a.example|b${PLAUSIBLE['quantity']}",
    "date": f"b${PLAUSIBLE['date']}",
    "string": "b$a",
}
"""By the end of the name; others take a code and a concept."""
IMPLAUSIBLE = {
    "composite": "a",
    "date": "yesterday",
    "quantity": "heavy",
    "token": "a|b|c",
    "reference": "a b",
}
"""What no parameter of the kind takes; strings and URIs take anything."""
CANONICALS = {
    (type_name, name)
    for type_name, parameters in TABLE.items()
    for name, parameter in parameters.items()
    if parameter.canonical
}
"""References that take any URI."""

INTERACTIONS = {
    "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create",
    "search-type",
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def told(fhir: httpx.AsyncClient) -> Json:
    """The `rest` of the CapabilityStatement."""
    return dict((await fhir.get("/metadata")).json()["rest"][0])


def resources(told: Json) -> dict[str, Json]:
    return {each["type"]: each for each in told["resource"]}


def offered(resource: Json) -> set[str]:
    return {each["code"] for each in resource["interaction"]}


async def test_the_statement_is_valid_and_says_what_is_spoken(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.get("/metadata")
    statement = answer.json()
    assert validate(statement) == ()
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["kind"] == "instance"
    assert statement["format"] == ["application/fhir+json", "json"]
    assert statement["patchFormat"] == ["application/fhir+json", "application/json-patch+json"]
    assert statement["implementation"]["url"] == "http://clinic.test/fhir"
    for mode in ("full", "normative"):
        assert (await fhir.get(f"/metadata?mode={mode}")).json() == statement
    assert (await fhir.head("/metadata")).headers["content-length"] == str(len(answer.content))


async def test_the_types_of_the_clinic_are_offered(told: Json) -> None:
    assert set(VALID) <= set(resources(told))
    assert set(resources(told)) - set(VALID) == READ_ONLY


@pytest_asyncio.fixture(loop_scope="session")
async def stocked(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> AsyncIterator[httpx.AsyncClient]:
    """With a resource of every type that only the service writes, and an access to tell of."""
    site = site_of_the_run.site
    stored = READ_ONLY - {"AuditEvent"}
    shipping = tuple({"resourceType": t, "id": "shipped", "status": "draft"} for t in stored)
    await install(replace(site, ports=replace(site.ports, packaged=shipping)), Access())
    site_of_the_run.shipped = []
    await fhir.get("/Patient/somebody")
    yield fhir


async def test_every_interaction_answers_where_it_is_advertised_and_nowhere_else(
    stocked: httpx.AsyncClient, told: Json
) -> None:
    fhir = stocked
    for type_name, resource in resources(told).items():
        codes = offered(resource)
        for code, answer in [(c, a) async for c, a in tried(fhir, type_name)]:
            refused = answer.status_code in (404, 405)
            assert refused is (code not in codes), (type_name, code, answer.status_code)


async def tried(fhir: httpx.AsyncClient, type_name: str) -> Any:
    """Every interaction with a type, in an order in which each finds what it needs."""
    sent = {"resourceType": type_name, **VALID.get(type_name, {"status": "draft"})}
    found = (await fhir.get(f"/{type_name}")).json().get("entry")
    id_ = found[0]["resource"]["id"] if found and type_name in READ_ONLY else "mine"
    mine = sent | {"id": id_}
    yield "create", await fhir.post(f"/{type_name}", json=sent)
    yield "update", await fhir.put(f"/{type_name}/{id_}", json=mine)
    yield "read", await fhir.get(f"/{type_name}/{id_}")
    yield "vread", await fhir.get(f"/{type_name}/{id_}/_history/1")
    yield "history-instance", await fhir.get(f"/{type_name}/{id_}/_history")
    yield "history-type", await fhir.get(f"/{type_name}/_history")
    yield "search-type", await fhir.get(f"/{type_name}")
    yield "search-type", await fhir.post(f"/{type_name}/_search")
    yield "patch", await fhir.patch(f"/{type_name}/{id_}", json=[])
    yield "delete", await fhir.delete(f"/{type_name}/{id_}")


async def test_no_word_is_said_of_interactions_that_fhir_does_not_know(told: Json) -> None:
    for resource in told["resource"]:
        assert offered(resource) <= INTERACTIONS


async def test_the_system_does_what_is_said_of_it(fhir: httpx.AsyncClient, told: Json) -> None:
    assert {each["code"] for each in told["interaction"]} == {
        "transaction", "batch", "history-system", "search-system",
    }  # fmt: skip
    assert (await fhir.post("", json=transaction())).status_code == 200
    assert (await fhir.post("", json=batch())).status_code == 200
    assert (await fhir.get("/_history")).status_code == 200
    assert (await fhir.get("", params={"_type": "Patient"})).status_code == 200
    assert (await fhir.get("")).status_code == 200
    assert (await fhir.post("/_search", data={"_type": "Patient"})).status_code == 200
    assert "operation" not in told
    assert [each["name"] for each in told["searchParam"]] == [
        "_id", "_lastUpdated", "_profile", "_security", "_source", "_tag",
    ]  # fmt: skip
    for each in told["searchParam"]:
        answer = await fhir.get("", params={each["name"]: PLAUSIBLE[each["type"]]})
        assert answer.status_code == 200, each["name"]


async def test_compartments_answer_where_they_are_advertised_and_nowhere_else(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    compartments = "http://hl7.org/fhir/CompartmentDefinition/"
    assert set(told["compartment"]) == {
        f"{compartments}{name}" for name in ("encounter", "patient", "practitioner")
    }
    for type_name in resources(told):
        sent = {"resourceType": type_name, **VALID.get(type_name, {}), "id": "c"}
        await fhir.put(f"/{type_name}/c", json=sent)
        advertised = f"{compartments}{type_name.lower()}" in told["compartment"]
        for path in (f"/{type_name}/c/Observation", f"/{type_name}/c/*"):
            answer = await fhir.get(path)
            assert answer.status_code == (200 if advertised else 404), path


async def test_conduct_is_as_advertised(fhir: httpx.AsyncClient, told: Json) -> None:
    for type_name, resource in resources(told).items():
        writable = type_name in VALID
        sent = {"resourceType": type_name, **VALID.get(type_name, {"status": "draft"})}
        made = await fhir.put(f"/{type_name}/chosen", json=sent | {"id": "chosen"})
        assert resource["updateCreate"] is writable
        assert (made.status_code == 201) is writable
        again = await fhir.post(f"/{type_name}", json=sent, headers={"If-None-Exist": "_id=chosen"})
        assert resource["conditionalCreate"] is writable
        assert (again.status_code == 200) is writable
        conditional = f"/{type_name}?_id=chosen"
        updated = await fhir.put(conditional, json=sent)
        assert resource["conditionalUpdate"] is writable
        assert updated.status_code == (200 if writable else 405)
        patched = await fhir.patch(conditional, json=[])
        assert patched.status_code == (200 if writable else 405)
        kept = type_name != "AuditEvent"
        assert resource["versioning"] == (
            "versioned-update" if writable else "versioned" if kept else "no-version"
        )
        stale = await fhir.put(
            f"/{type_name}/chosen", json=sent | {"id": "chosen"}, headers={"If-Match": 'W/"9"'}
        )
        assert stale.status_code == (412 if writable else 405)
        assert resource["conditionalRead"] == "full-support"
        assert resource["readHistory"] is kept
        if writable:
            read = await fhir.get(f"/{type_name}/chosen", headers={"If-None-Match": 'W/"1"'})
            assert read.status_code == 200
            read = await fhir.get(f"/{type_name}/chosen", headers={"If-None-Match": 'W/"3"'})
            assert read.status_code == 304
        assert set(resource["referencePolicy"]) == {"literal", "logical"}
        deleted = await fhir.delete(conditional)
        assert resource["conditionalDelete"] == ("single" if writable else "not-supported")
        assert deleted.status_code == (204 if writable else 405)
        if writable:
            assert (await fhir.get(f"/{type_name}/chosen")).status_code == 410


def plausible(name: str, kind: str) -> str:
    if kind == "composite":
        return COMPOSITES.get(name.rpartition("-")[2], "b$http://a.example|c")
    return PLAUSIBLE[kind]


def parameters(told: Json) -> Iterator[tuple[str, str, str]]:
    for type_name, resource in resources(told).items():
        for parameter in resource["searchParam"]:
            yield type_name, parameter["name"], parameter["type"]


async def test_every_search_parameter_takes_a_plausible_value_and_refuses_another(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    for type_name, name, kind in parameters(told):
        answer = await fhir.get(
            f"http://clinic.test/fhir/{type_name}", params={name: plausible(name, kind)}
        )
        assert answer.status_code == 200, (type_name, name, answer.text)
        self = answer.json()["link"][0]["url"]
        assert f"/{type_name}?{name}=" in self
        if kind in IMPLAUSIBLE and (type_name, name) not in CANONICALS:
            refused = await fhir.get(f"/{type_name}", params={name: IMPLAUSIBLE[kind]})
            assert refused.status_code == 400, (type_name, name)
            assert name in refused.json()["issue"][0]["diagnostics"]


async def test_every_search_parameter_can_be_asked_for_what_lacks_it(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    for type_name, name, kind in parameters(told):
        if name not in ("_id", "_lastUpdated") and kind != "composite":
            for lacking in ("true", "false"):
                answer = await fhir.get(f"/{type_name}?{name}:missing={lacking}")
                assert answer.status_code == 200, (type_name, name, answer.text)


async def test_every_include_answers_and_stands_in_the_self_link(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    for type_name, resource in resources(told).items():
        for name, values in (
            ("_include", resource["searchInclude"]),
            ("_revinclude", resource["searchRevInclude"]),
        ):
            assert values[0] == "*"
            assert len(values) == len(set(values))
            for value in values:
                for modifier in ("", ":iterate"):
                    asked = {f"{name}{modifier}": value}
                    answer = await fhir.get(f"http://clinic.test/fhir/{type_name}", params=asked)
                    assert answer.status_code == 200, (type_name, asked, answer.text)
                    self = urlsplit(answer.json()["link"][0]["url"])
                    assert dict(parse_qsl(self.query)) == asked


async def test_an_include_that_is_not_advertised_is_not_taken(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    every = {
        value
        for resource in told["resource"]
        for value in (*resource["searchInclude"], *resource["searchRevInclude"])
    }
    assert {"Observation:patient", "Encounter:patient"} <= every
    for type_name, resource in resources(told).items():
        for name, values in (
            ("_include", resource["searchInclude"]),
            ("_revinclude", resource["searchRevInclude"]),
        ):
            for value in sorted(every - set(values)):
                answer = await fhir.get(f"/{type_name}?{name}={value}")
                assert answer.status_code == 400, (type_name, name, value)


async def test_parameters_have_definitions_of_their_own_and_one_name_each(told: Json) -> None:
    for type_name, resource in resources(told).items():
        names = [each["name"] for each in resource["searchParam"]]
        assert len(names) == len(set(names)), type_name
        assert all(
            each["definition"].startswith("http://hl7.org/fhir/SearchParameter/")
            for each in resource["searchParam"]
        )


async def test_a_parameter_of_another_type_is_not_taken(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    every = {name for _, name, _ in parameters(told)}
    for type_name, resource in resources(told).items():
        for name in sorted(every - {each["name"] for each in resource["searchParam"]}):
            answer = await fhir.get(f"/{type_name}?{name}=1")
            assert answer.status_code == 400, (type_name, name)
            assert name in answer.json()["issue"][0]["diagnostics"]


async def test_a_type_that_is_not_advertised_is_not_there(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    for type_name in sorted(RESOURCE_TYPES):
        answer = await fhir.get(f"/{type_name}")
        assert answer.status_code == (200 if type_name in resources(told) else 404), type_name


OPERATIONS = (
    "course", "validate", "everything", "lastn", "stats", "extract", "populate", "expand",
    "lookup", "validate-code", "export", "evaluate-measure", "run", "meta", "diff", "convert",
    "graphql", "translate", "subsumes", "closure", "apply", "document", "match", "snapshot",
)  # fmt: skip


async def test_operations_answer_where_they_are_advertised_and_nowhere_else(
    fhir: httpx.AsyncClient, told: Json
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/QuestionnaireResponse/r", json=RESPONSE)
    advertised = {
        (type_name, each["name"])
        for type_name, resource in resources(told).items()
        for each in resource.get("operation", ())
    }
    every = dict(CALLS)
    for type_name in resources(told):
        sent = VALID.get(type_name, {"status": "draft"})
        found = (await fhir.get(f"/{type_name}")).json().get("entry")
        standing = found[0]["resource"]["id"] if found else None
        every[type_name, "validate"] = validations(type_name, sent, standing)
    assert advertised == set(every)
    for calls in every.values():
        for call in calls:
            answer = await call.made(fhir)
            assert answer.status_code == call.status, (call, answer.text)
    offered_at = {(call.place, call.method) for calls in every.values() for call in calls}
    for type_name in resources(told):
        for name in OPERATIONS:
            for place in (f"/{type_name}/${name}", *instances(every, type_name, name)):
                await refused(fhir, place, offered_at)
    for name in OPERATIONS:
        assert (await fhir.get(f"/${name}")).status_code == 404


def instances(
    every: Mapping[tuple[str, str], tuple[Call, ...]], type_name: str, name: str
) -> Iterator[str]:
    """The instances that the operation is called at, or any of those it is not offered for."""
    calls = every.get((type_name, name), ())
    places = {call.place for call in calls if call.place.count("/") == 3}
    yield from places if calls else {f"/{type_name}/p/${name}"}


async def refused(fhir: httpx.AsyncClient, place: str, offered_at: set[tuple[str, str]]) -> None:
    """Nothing is there, or it is offered by another method."""
    there = any((place, method) in offered_at for method in ("GET", "POST"))
    for method in ("GET", "POST"):
        if (place, method) not in offered_at:
            answer = await fhir.request(method, place)
            assert answer.status_code == (405 if there else 404), (method, place)


async def test_every_operation_has_its_definition_and_says_what_it_does(told: Json) -> None:
    for type_name, resource in resources(told).items():
        for each in resource.get("operation", ()):
            assert re.fullmatch(
                r"https?://\S+/OperationDefinition/[A-Za-z0-9-]+", each["definition"]
            )
            assert each["documentation"].endswith("."), (type_name, each["name"])


async def test_every_canonical_of_ours_that_is_advertised_is_shipped(
    fhir: httpx.AsyncClient,
) -> None:
    statement = (await fhir.get("/metadata")).text
    named = set(re.findall(rf'"({re.escape(OURS)}/[^"|]*)', statement))
    ours = f"{OURS}/OperationDefinition"
    assert named == {f"{ours}/patient-course", f"{ours}/patient-explain"}
    assert named <= {resource.get("url") for resource in shipped("1.0.0", catalogue())}
