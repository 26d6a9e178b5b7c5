"""What ships is valid, named once, and complete: what of ours is named anywhere is there."""

import re

from fhir.resources.R4B import get_fhir_model_class

from service.clinical.canonical import BASE
from service.clinical.catalogue import catalogue
from service.clinical.package import shipped
from service.fhir.exact_json import dumps
from service.fhir.validation import validate

SHIPPED = shipped("1.0.0", catalogue())
OURS = re.compile(rf'"({re.escape(BASE)}/[A-Z][^"|]*)')


def test_every_resource_is_valid() -> None:
    for resource in SHIPPED:
        get_fhir_model_class(resource["resourceType"]).model_validate_json(dumps(resource))
        assert validate(resource) == (), resource["id"]


def test_every_resource_is_named_once_and_by_its_canonical() -> None:
    places = [f"{r['resourceType']}/{r['id']}" for r in SHIPPED]
    assert len(places) == len(set(places))
    for place, resource in zip(places, SHIPPED, strict=True):
        assert resource.get("url", f"{BASE}/{place}") == f"{BASE}/{place}"
    names = [r["name"] for r in SHIPPED if "name" in r]
    assert all(re.fullmatch("[A-Z][A-Za-z0-9_]{0,254}", name) for name in names)


def test_every_canonical_of_ours_that_is_named_in_it_is_shipped() -> None:
    named = set(OURS.findall(dumps(SHIPPED).decode()))
    assert named == {r["url"] for r in SHIPPED if "url" in r}


def test_shipping_twice_gives_the_same_bytes() -> None:
    assert dumps(shipped("1.0.0", catalogue())) == dumps(SHIPPED)
