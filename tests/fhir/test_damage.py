"""Damaged resources never break the validator, and none passes that `fhir.resources` refuses."""

import random
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import Malformed
from service.fhir.exact_json import loads
from service.fhir.guard import parse_resource
from service.fhir.references import references
from service.fhir.validation import validate
from tests.fhir.examples import examples
from tests.fhir.mutation import mutated

SMALL = [loads(body) for body in examples().values() if len(body) < 6_000]
CHANCE = st.randoms(use_true_random=False)


def accepted_elsewhere(resource: dict[str, Any]) -> bool:
    """Whether the models take the resource, any of their exceptions meaning no."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except (AttributeError, LookupError, TypeError, ValueError):
        return False
    return True


def has_extended_value(value: Any) -> bool:
    """Whether an extension extends its primitive value, which the models do not know."""
    if isinstance(value, dict):
        return any(
            name.startswith("_value") or has_extended_value(child) for name, child in value.items()
        )
    return isinstance(value, list) and any(map(has_extended_value, value))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SMALL), CHANCE, st.integers(1, 6))
def test_damage_gives_issues_and_never_an_exception(
    resource: dict[str, Any], chance: random.Random, times: int
) -> None:
    damaged = mutated(resource, chance, times)
    for issue in validate(damaged):
        assert issue.message.startswith(issue.expression or "")
        assert issue.message.endswith(".")
    assert all(isinstance(text, str) for _, text in references(damaged))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SMALL), CHANCE)
def test_nothing_passes_that_the_models_refuse(
    resource: dict[str, Any], chance: random.Random
) -> None:
    damaged = mutated(resource, chance, 1)
    if not validate(damaged) and not has_extended_value(damaged):
        assert accepted_elsewhere(damaged)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(examples().values(), key=len)[:100]), st.data())
def test_damaged_bytes_are_refused_or_validated(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    damaged = body[:place] + data.draw(st.binary(max_size=4)) + body[place + 1 :]
    try:
        resource = parse_resource(damaged)
    except Malformed as refused:
        message = str(refused)
    else:
        message = "".join(issue.message for issue in validate(resource)) or "Fine."
    assert message.endswith(".")
