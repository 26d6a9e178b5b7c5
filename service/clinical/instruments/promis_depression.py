"""PROMIS depression: a T-score computed elsewhere, from any of its forms."""

from service.clinical.canonical import LOINC, questionnaire
from service.clinical.definitions import (
    Band,
    Code,
    Construct,
    Instrument,
    Licence,
    MissingRule,
    Norm,
    Reliability,
    ReliabilityKind,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

PILKONIS_2011 = Source(
    citation="Pilkonis, Choi, Reise, Stover, Riley & Cella (2011). Item banks for measuring "
    "emotional distress from the Patient-Reported Outcomes Measurement Information System "
    "(PROMIS): depression, anxiety, and anger. Assessment 18, 263-283.",
    standing=Standing.WIDELY_USED,
    doi="10.1177/1073191111411667",
)
OUTSIDE = Source(
    citation="The T-score comes from the scoring service of the form; nothing is replaced here.",
    standing=Standing.DECIDED,
)

T_SCORE = Scale(
    id="promis-depression",
    title="PROMIS depression T-score",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(),
    scoring=Scoring.EXTERNAL,
    low=0,
    high=100,
    missing=MissingRule(allowed=0, source=OUTSIDE),
    bands=(
        Band(low=0, high=54, code="within-normal-limits", display="Within normal limits"),
        Band(low=55, high=59, code="mild", display="Mild"),
        Band(low=60, high=69, code="moderate", display="Moderate"),
        Band(low=70, high=100, code="severe", display="Severe"),
    ),
    bands_source=PILKONIS_2011,
    norm=Norm(
        mean=50, sd=10, sample="general population of the United States", source=PILKONIS_2011
    ),
    reliability=Reliability(value=0.95, kind=ReliabilityKind.ALPHA, source=PILKONIS_2011),
    codes=(
        Code(
            system=LOINC,
            code="71965-8",
            display="PROMIS emotional distress - depression - version 1.0 T-score",
        ),
    ),
)

INSTRUMENT = Instrument(
    id="promis-depression",
    title="PROMIS Emotional Distress: Depression",
    version="1.0.0",
    items=(),
    scales=(T_SCORE,),
    licence=Licence(
        terms="Copyright PROMIS Health Organization; the forms are theirs and do not ship.",
        text_may_ship=False,
    ),
    sources=(PILKONIS_2011, OUTSIDE),
    canonicals=(questionnaire("promis-depression"),),
)
