"""A site with curves: PHQ-9 from 10 to 14 and from 15 to 19, and ORS, where higher is better."""

from dataclasses import replace
from typing import Any

from service.clinical.choices import Choices
from service.clinical.curves import Curve, Curves
from service.clinical.definitions import Source, Standing
from service.clinical.derive import indicators
from tests.clinical.patient_facts import ENGINE

LUTZ = Source(
    citation="Lutz, Martinovich & Howard (1999). Patient profiling.", standing=Standing.PUBLISHED
)


def curve(**said: Any) -> Curve:
    """b0 14, b1 -3, SD 4: worked by hand in tests/psychometrics/test_expected_course.py."""
    given: dict[str, Any] = {
        "id": "phq-9-10-14",
        "scale": "phq-9",
        "low": 10.0,
        "high": 14.0,
        "b0": 14.0,
        "b1": -3.0,
        "sd": 4.0,
        "courses": 340,
        "last_session": 6,
        "version": "2",
        "source": LUTZ,
    }
    return Curve(**given | said)


MODERATE = curve()
SEVERE = curve(id="phq-9-15-19", low=15.0, high=19.0, b0=18.0)
WELL = curve(id="ors", scale="ors", low=0.0, high=40.0, b0=16.0, b1=4.0, sd=5.0, last_session=20)
CURVES = Curves(known=(MODERATE, SEVERE, WELL))
EXPECTING = replace(ENGINE, curves=CURVES)
"""The rules of a site that has them."""
WHOLE = replace(EXPECTING, choices=Choices(optional=frozenset(r.id for r in indicators())))
"""With the optional rules, too."""
