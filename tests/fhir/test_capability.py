"""The CapabilityStatement says what its tables say, and is valid."""

from typing import Any

from service.fhir.capability import (
    ConditionalDelete,
    Conduct,
    Inclusion,
    Offer,
    OperationOffer,
    Security,
    Software,
    capability_statement,
)
from service.fhir.search.parameters import TABLE
from service.fhir.types import TYPES
from service.fhir.validation import validate

SECURITY = Security(
    description="Bearer tokens.",
    oauth={
        "authorize": "https://issuer.example/authorize",
        "token": "https://issuer.example/token",
    },
)


def statement(**changes: Any) -> Any:
    return capability_statement(
        **{
            "software": Software(
                name="Attune",
                version="0.1.0",
                description="Outcomes at the clinic",
                url="https://clinic.example/fhir",
            ),
            "date": "2026-11-23",
            "types": TYPES.values(),
            "offers": (
                Offer(code="read"),
                Offer(code="vread"),
                Offer(code="search-type"),
                Offer(code="search-type"),
                Offer(code="create", writes=True),
            ),
            "system": ("transaction", "batch"),
            "conduct": Conduct(
                update_create=True,
                conditional_create=True,
                conditional_delete=ConditionalDelete.SINGLE,
            ),
            "parameters": TABLE,
            "includes": {
                "Patient": Inclusion(include=("*", "Patient:link"), reverse=("Encounter:patient",))
            },
            "operations": (
                OperationOffer(
                    name="course",
                    types=frozenset({"Patient"}),
                    definition="https://a.example",
                    documentation="x",
                ),
                OperationOffer(
                    name="all", system=True, definition="https://a.example", documentation="x"
                ),
            ),
            **changes,
        }
    )


def resource(said: Any, kind: str) -> Any:
    (only,) = (r for r in said["rest"][0]["resource"] if r["type"] == kind)
    return only


def test_it_is_valid_r4() -> None:
    assert validate(statement()) == ()
    secured = statement(operations=(), security=SECURITY)
    assert validate(secured) == ()


def test_it_says_where_a_token_is_had_in_the_words_of_smart() -> None:
    assert "security" not in statement()["rest"][0]
    assert statement(security=SECURITY)["rest"][0]["security"] == {
        "extension": [
            {
                "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                "extension": [
                    {"url": "authorize", "valueUri": "https://issuer.example/authorize"},
                    {"url": "token", "valueUri": "https://issuer.example/token"},
                ],
            }
        ],
        "service": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "code": "SMART-on-FHIR",
                    }
                ],
                "text": "SMART-on-FHIR",
            }
        ],
        "description": "Bearer tokens.",
    }
    bare = statement(security=Security(description="Bearer tokens.", oauth={}))
    assert "extension" not in bare["rest"][0]["security"]
    assert validate(bare) == ()


def test_it_says_version_format_software_and_place() -> None:
    said = statement()
    assert said["fhirVersion"] == "4.0.1"
    assert said["format"] == ["application/fhir+json", "json"]
    assert said["software"] == {"name": "Attune", "version": "0.1.0"}
    assert said["implementation"]["url"] == "https://clinic.example/fhir"
    assert said["date"] == "2026-11-23"
    assert said["rest"][0]["interaction"] == [{"code": "transaction"}, {"code": "batch"}]


def test_a_type_offers_each_interaction_once_and_its_own_parameters_and_operations() -> None:
    patient = resource(statement(), "Patient")
    assert [i["code"] for i in patient["interaction"]] == ["read", "vread", "search-type", "create"]
    assert patient["versioning"] == "versioned-update"
    assert patient["readHistory"]
    assert patient["updateCreate"]
    assert patient["conditionalCreate"]
    assert patient["conditionalDelete"] == "single"
    assert [o["name"] for o in patient["operation"]] == ["course"]
    assert {
        "name": "birthdate",
        "definition": "http://hl7.org/fhir/SearchParameter/individual-birthdate",
        "type": "date",
    } in patient["searchParam"]


def test_a_type_that_only_the_service_writes_offers_no_writing() -> None:
    library = resource(statement(), "Library")
    assert [i["code"] for i in library["interaction"]] == ["read", "vread", "search-type"]
    assert not library["updateCreate"]
    assert not library["conditionalCreate"]
    assert library["conditionalDelete"] == "not-supported"
    assert "operation" not in library


def test_without_search_no_parameter_is_offered() -> None:
    said = statement(offers=(Offer(code="read"),))
    assert "searchParam" not in resource(said, "Patient")
    assert not resource(said, "Patient")["readHistory"]


def test_what_a_search_can_include_is_said_of_its_type() -> None:
    patient = resource(statement(), "Patient")
    assert patient["searchInclude"] == ["*", "Patient:link"]
    assert patient["searchRevInclude"] == ["Encounter:patient"]
    assert "searchInclude" not in resource(statement(), "Practitioner")
    assert "searchInclude" not in resource(statement(offers=(Offer(code="read"),)), "Patient")


def test_an_operation_on_the_system_stands_apart() -> None:
    assert [o["name"] for o in statement()["rest"][0]["operation"]] == ["all"]
