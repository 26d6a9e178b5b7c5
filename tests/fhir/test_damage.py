"""Damaged resources never break the validator; `test_differential` asks whether it is right."""

import random
from typing import Any

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
