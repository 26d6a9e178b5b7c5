"""PHQ-9: nine questions on depressive symptoms in the last two weeks."""

from types import MappingProxyType

from service.clinical.canonical import LOINC, SNOMED_CT, questionnaire
from service.clinical.definitions import (
    Band,
    Code,
    Construct,
    Figure,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Norm,
    Reliability,
    ReliabilityKind,
    SafetyItem,
    Scale,
    Scoring,
    Source,
    Standing,
    UnscoredItem,
)
from service.psychometrics.scoring import Better

KROENKE_2001 = Source(
    citation="Kroenke, Spitzer & Williams (2001). The PHQ-9: validity of a brief depression "
    "severity measure. Journal of General Internal Medicine 16, 606-613.",
    standing=Standing.PUBLISHED,
    doi="10.1046/j.1525-1497.2001.016009606.x",
)
RETEST = Source(
    citation=KROENKE_2001.citation + " Self-report and telephone interview within 48 hours.",
    standing=Standing.WIDELY_USED,
    doi=KROENKE_2001.doi,
)
KOCALEVENT_2013 = Source(
    citation="Kocalevent, Hinz & Brähler (2013). Standardization of the depression screener "
    "Patient Health Questionnaire (PHQ-9) in the general population. General Hospital Psychiatry "
    "35, 551-555.",
    standing=Standing.WIDELY_USED,
    doi="10.1016/j.genhosppsych.2013.04.006",
)
GYANI_2013 = Source(
    citation="Gyani, Shafran, Layard & Clark (2013). Enhancing recovery rates: lessons from year "
    "one of IAPT. Behaviour Research and Therapy 51, 597-606.",
    standing=Standing.PUBLISHED,
    doi="10.1016/j.brat.2013.06.004",
)
MANUAL = Source(
    citation="Instruction manual: instructions for Patient Health Questionnaire (PHQ) and GAD-7 "
    "measures: with one or two items missing, the mean of the answered items stands for them.",
    standing=Standing.WIDELY_USED,
)
COMPLETE = Source(
    citation="Two items give no basis for replacing one of them.", standing=Standing.DECIDED
)
SAFETY = Source(
    citation="Any answer above 0 calls for a conversation, since low answers do not exclude "
    "suicide: Louzon, Bossarte, McCarthy & Katz (2016). Does suicidal ideation as measured by the "
    "PHQ-9 predict suicide among VA patients? Psychiatric Services 67, 517-522.",
    standing=Standing.DECIDED,
    doi="10.1176/appi.ps.201500149",
)

ITEMS = (
    ("44250-9", "Little interest or pleasure in doing things"),
    ("44255-8", "Feeling down, depressed, or hopeless"),
    ("44259-0", "Trouble falling or staying asleep, or sleeping too much"),
    ("44254-1", "Feeling tired or having little energy"),
    ("44251-7", "Poor appetite or overeating"),
    (
        "44258-2",
        (
            "Feeling bad about yourself — or that you are a failure or have let yourself or your "
            "family down"
        ),
    ),
    (
        "44252-5",
        "Trouble concentrating on things, such as reading the newspaper or watching television",
    ),
    (
        "44253-3",
        (
            "Moving or speaking so slowly that other people could have noticed? Or the opposite — "
            "being so fidgety or restless that you have been moving around a lot more than usual"
        ),
    ),
    ("44260-8", "Thoughts that you would be better off dead or of hurting yourself in some way"),
)
"""As the form of phqscreeners.com words them."""

TOTAL = Scale(
    id="phq-9",
    title="PHQ-9 total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(1, 2, 3, 4, 5, 6, 7, 8, 9),
    scoring=Scoring.SUM,
    low=0,
    high=27,
    missing=MissingRule(allowed=2, never_imputed=(9,), source=MANUAL),
    bands=(
        Band(low=0, high=4, code="minimal", display="Minimal"),
        Band(low=5, high=9, code="mild", display="Mild"),
        Band(low=10, high=14, code="moderate", display="Moderate"),
        Band(low=15, high=19, code="moderately-severe", display="Moderately severe"),
        Band(low=20, high=27, code="severe", display="Severe"),
    ),
    bands_source=KROENKE_2001,
    cutoff=Figure(value=10, source=KROENKE_2001),
    norm=Norm(mean=2.91, sd=3.52, sample="German general population", source=KOCALEVENT_2013),
    reliability=Reliability(value=0.84, kind=ReliabilityKind.RETEST, source=RETEST),
    published_change=Figure(value=6, source=GYANI_2013),
    codes=(
        Code(
            system=LOINC,
            code="44261-6",
            display="Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]",
        ),
    ),
    mappings=(Code(system=SNOMED_CT, code="720433000"),),
)

CORE = Scale(
    id="phq-9-core",
    title="PHQ-9 items 1 and 2",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(1, 2),
    scoring=Scoring.SUM,
    low=0,
    high=6,
    missing=MissingRule(allowed=0, source=COMPLETE),
    primary=False,
)

INSTRUMENT = Instrument(
    id="phq-9",
    title="Patient Health Questionnaire (PHQ-9)",
    version="1.0.0",
    stem="Over the last 2 weeks, how often have you been bothered by any of the following "
    "problems?",
    items=tuple(
        Item(number=number, low=0, high=3, codes=(Code(system=LOINC, code=code),), text=text)
        for number, (code, text) in enumerate(ITEMS, start=1)
    ),
    answer_texts=("Not at all", "Several days", "More than half the days", "Nearly every day"),
    scales=(TOTAL, CORE),
    licence=Licence(
        terms="Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and "
        "colleagues, with an educational grant from Pfizer Inc. No permission required to "
        "reproduce, translate, display or distribute. Cite: "
        + KROENKE_2001.citation
        + " Codes of items and answers: LOINC (http://loinc.org), copyright Regenstrief Institute, "
        "Inc. and the LOINC Committee, available at no cost under the license at "
        "http://loinc.org/license.",
        text_may_ship=True,
    ),
    sources=(KROENKE_2001, MANUAL),
    codes=(Code(system=LOINC, code="44249-1"),),
    canonicals=(
        questionnaire("phq-9"),
        "http://loinc.org/q/44249-1",
        "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example",
    ),
    answer_codes=MappingProxyType(
        {
            (LOINC, "LA6568-5"): 0.0,
            (LOINC, "LA6569-3"): 1.0,
            (LOINC, "LA6570-1"): 2.0,
            (LOINC, "LA6571-9"): 3.0,
        }
    ),
    unscored_items=(
        UnscoredItem(
            link_id="difficulty",
            codes=(Code(system=LOINC, code="69722-7"),),
            text="If you checked off any problems, how difficult have these problems made it for "
            "you to do your work, take care of things at home, or get along with other people?",
            answers=(
                Code(system=LOINC, code="LA6572-7", display="Not difficult at all"),
                Code(system=LOINC, code="LA6573-5", display="Somewhat difficult"),
                Code(system=LOINC, code="LA6575-0", display="Very difficult"),
                Code(system=LOINC, code="LA6574-3", display="Extremely difficult"),
            ),
        ),
    ),
    unscored_link_ids=("difficulty", "69722-7", "total", "44261-6", "55758-7"),
    total_link_ids=("total", "44261-6"),
    safety=(
        SafetyItem(
            item=9,
            at_least=1,
            asks_about="thoughts of being better off dead or of self-harm",
            same_day_at=2,
            source=SAFETY,
            proven_by_total=MappingProxyType({25.0: 1.0, 26.0: 2.0, 27.0: 3.0}),
            scale="phq-9",
        ),
    ),
)
