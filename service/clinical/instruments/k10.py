"""K10: ten questions on distress in the last four weeks, answers coded 1 to 5."""

from service.clinical.definitions import Band, Source, Standing
from service.clinical.k10_form import k10

ABS_2001 = Source(
    citation="Australian Bureau of Statistics (2003). Use of the Kessler Psychological Distress "
    "Scale in ABS health surveys, Australia. Cat. 4817.0.55.001.",
    standing=Standing.PUBLISHED,
)

INSTRUMENT = k10(
    "k10",
    lowest=1,
    bands=(
        Band(low=10, high=15, code="low", display="Low"),
        Band(low=16, high=21, code="moderate", display="Moderate"),
        Band(low=22, high=29, code="high", display="High"),
        Band(low=30, high=50, code="very-high", display="Very high"),
    ),
    bands_source=ABS_2001,
)
