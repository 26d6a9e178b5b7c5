"""What links a type to a compartment, as R4 lists it.

https://hl7.org/fhir/R4/compartmentdefinition-patient.html and its neighbours
"""

import pytest

from service.fhir.compartment_definitions import DEFINED, served
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.search.parameters import TABLE, Kind

LISTED = (
    ("Patient", "Account", ("subject",)),
    ("Patient", "AllergyIntolerance", ("patient", "recorder", "asserter")),
    ("Patient", "Coverage", ("policy-holder", "subscriber", "beneficiary", "payor")),
    ("Patient", "Encounter", ("patient",)),
    ("Patient", "EpisodeOfCare", ("patient",)),
    ("Patient", "Goal", ("patient",)),
    ("Patient", "Group", ("member",)),
    ("Patient", "Observation", ("subject", "performer")),
    ("Patient", "Patient", ("link",)),
    ("Patient", "Provenance", ("patient",)),
    ("Patient", "QuestionnaireResponse", ("subject", "author")),
    ("Encounter", "Encounter", ()),
    ("Encounter", "DocumentManifest", ("related-ref",)),
    ("Encounter", "Observation", ("encounter",)),
    ("Encounter", "QuestionnaireResponse", ("encounter",)),
    ("Practitioner", "Encounter", ("practitioner", "participant")),
    ("Practitioner", "EpisodeOfCare", ("care-manager",)),
    ("Practitioner", "Observation", ("performer",)),
    ("Practitioner", "Patient", ("general-practitioner",)),
    ("Practitioner", "Practitioner", ()),
    ("Practitioner", "QuestionnaireResponse", ("author", "source")),
)
"""Rows of the official tables; `{def}` there is the owner itself."""
SIZES = {"Encounter": 25, "Patient": 66, "Practitioner": 59}
"""Types with parameters in the official tables."""
OUTSIDE = ("Practitioner", "Organization", "Device", "Questionnaire", "Location", "Medication")


@pytest.mark.parametrize(("owner", "member", "parameters"), LISTED)
def test_a_type_is_linked_by_the_parameters_that_the_definition_lists(
    owner: str, member: str, parameters: tuple[str, ...]
) -> None:
    assert DEFINED[owner][member] == parameters


def test_the_definitions_are_whole() -> None:
    assert {owner: len(members) for owner, members in DEFINED.items()} == SIZES
    assert all(set(members) <= RESOURCE_TYPES for members in DEFINED.values())
    assert not set(OUTSIDE) & set(DEFINED["Patient"])


def test_every_link_of_a_type_that_is_served_is_a_reference_that_can_be_searched() -> None:
    for owner in DEFINED:
        for member, parameters in served(owner).items():
            for name in parameters:
                assert name in TABLE[member], (owner, member, name)
                wanted = Kind.TOKEN if name == "_id" else Kind.REFERENCE
                assert TABLE[member][name].kind is wanted


@pytest.mark.parametrize("owner", sorted(DEFINED))
def test_a_resource_is_in_its_own_compartment(owner: str) -> None:
    assert served(owner)[owner][0] == "_id"
