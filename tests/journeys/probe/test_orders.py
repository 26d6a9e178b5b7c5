"""Orders by every kind of parameter: http://hl7.org/fhir/R4/search.html#sort"""

import pytest

from tests.journeys.probe.resources import concept, encounter, observation, patient, quantity
from tests.journeys.probe.speech import Probe, matched


@pytest.fixture
def five(probe: Probe, mark: str) -> list[str]:
    (p,) = probe.stored(patient(mark))
    (e,) = probe.stored(encounter(p))
    return [
        p.split("/")[1],
        *probe.stored(
            observation(p, code=concept("b"), valueQuantity=quantity(2)),
            observation(p, code=concept("a"), encounter={"reference": e}),
            observation(p, code=concept("c"), effectiveDateTime="2026-05-03"),
            observation(p, code=concept("a"), status="amended"),
            observation(p, code=concept("b"), method=concept("m"), valueQuantity=quantity(1)),
        ),
    ]


@pytest.mark.parametrize(
    "sort",
    ["code", "-code", "status", "method", "encounter", "date", "value-quantity", "-value-quantity",
     "subject", "code,-date", "_lastUpdated", "status,code,_id"],
)  # fmt: skip
def test_pages_in_every_order_hold_every_match_once(
    probe: Probe, five: list[str], sort: str
) -> None:
    id_, *names = five
    pages = list(probe.pages(f"Observation?patient={id_}&_count=2&_sort={sort}"))
    found = [name for page in pages for name in matched(page)]
    assert sorted(found) == sorted(names)


def test_codes_are_sorted(probe: Probe, five: list[str]) -> None:
    id_, *names = five
    found = matched(probe.search(f"Observation?patient={id_}&_sort=code"))
    order = ["a" if n in (names[1], names[3]) else "b" if n != names[2] else "c" for n in found]
    assert order == ["a", "a", "b", "b", "c"]
