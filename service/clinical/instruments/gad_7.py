"""GAD-7: seven questions on anxiety in the last two weeks."""

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
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

SPITZER_2006 = Source(
    citation="Spitzer, Kroenke, Williams & Löwe (2006). A brief measure for assessing generalized "
    "anxiety disorder: the GAD-7. Archives of Internal Medicine 166, 1092-1097.",
    standing=Standing.PUBLISHED,
    doi="10.1001/archinte.166.10.1092",
)
RETEST = Source(
    citation=SPITZER_2006.citation + " Intraclass correlation within one week.",
    standing=Standing.WIDELY_USED,
    doi=SPITZER_2006.doi,
)
KROENKE_2007 = Source(
    citation="Kroenke, Spitzer, Williams, Monahan & Löwe (2007). Anxiety disorders in primary "
    "care: prevalence, impairment, comorbidity, and detection. Annals of Internal Medicine 146, "
    "317-325.",
    standing=Standing.PUBLISHED,
    doi="10.7326/0003-4819-146-5-200703060-00004",
)
LOEWE_2008 = Source(
    citation="Löwe et al. (2008). Validation and standardization of the Generalized Anxiety "
    "Disorder Screener (GAD-7) in the general population. Medical Care 46, 266-274.",
    standing=Standing.WIDELY_USED,
    doi="10.1097/MLR.0b013e318160d093",
)
GYANI_2013 = Source(
    citation="Gyani, Shafran, Layard & Clark (2013). Enhancing recovery rates: lessons from year "
    "one of IAPT. Behaviour Research and Therapy 51, 597-606.",
    standing=Standing.PUBLISHED,
    doi="10.1016/j.brat.2013.06.004",
)
ONE_MISSING = Source(
    citation="One of seven items may be missing; its place takes the mean of the answered ones.",
    standing=Standing.DECIDED,
)

ITEMS = (
    ("69725-0", "Feeling nervous, anxious or on edge"),
    ("68509-9", "Not being able to stop or control worrying"),
    ("69733-4", "Worrying too much about different things"),
    ("69734-2", "Trouble relaxing"),
    ("69735-9", "Being so restless that it is hard to sit still"),
    ("69689-8", "Becoming easily annoyed or irritable"),
    ("69736-7", "Feeling afraid as if something awful might happen"),
)
"""As the form of phqscreeners.com words them; the article of 2006 has "anxious, or" and "it's"."""

TOTAL = Scale(
    id="gad-7",
    title="GAD-7 total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(1, 2, 3, 4, 5, 6, 7),
    scoring=Scoring.SUM,
    low=0,
    high=21,
    missing=MissingRule(allowed=1, source=ONE_MISSING),
    bands=(
        Band(low=0, high=4, code="minimal", display="Minimal"),
        Band(low=5, high=9, code="mild", display="Mild"),
        Band(low=10, high=14, code="moderate", display="Moderate"),
        Band(low=15, high=21, code="severe", display="Severe"),
    ),
    bands_source=SPITZER_2006,
    cutoff=Figure(value=8, source=KROENKE_2007),
    norm=Norm(mean=2.97, sd=3.41, sample="German general population", source=LOEWE_2008),
    reliability=Reliability(value=0.83, kind=ReliabilityKind.RETEST, source=RETEST),
    published_change=Figure(value=4, source=GYANI_2013),
    codes=(
        Code(
            system=LOINC,
            code="70274-6",
            display="Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]",
        ),
    ),
    mappings=(Code(system=SNOMED_CT, code="445455005"),),
)

INSTRUMENT = Instrument(
    id="gad-7",
    title="Generalized Anxiety Disorder 7-item scale (GAD-7)",
    version="1.0.0",
    stem="Over the last 2 weeks, how often have you been bothered by the following problems?",
    items=tuple(
        Item(number=number, low=0, high=3, codes=(Code(system=LOINC, code=code),), text=text)
        for number, (code, text) in enumerate(ITEMS, start=1)
    ),
    answer_texts=("Not at all", "Several days", "More than half the days", "Nearly every day"),
    scales=(TOTAL,),
    licence=Licence(
        terms="Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and "
        "colleagues, with an educational grant from Pfizer Inc. No permission required to "
        "reproduce, translate, display or distribute. Cite: "
        + SPITZER_2006.citation
        + " Codes of items and answers: LOINC (http://loinc.org), copyright Regenstrief Institute, "
        "Inc. and the LOINC Committee, available at no cost under the license at "
        "http://loinc.org/license.",
        text_may_ship=True,
    ),
    sources=(SPITZER_2006,),
    codes=(Code(system=LOINC, code="69737-5"),),
    canonicals=(questionnaire("gad-7"), "http://loinc.org/q/69737-5"),
    answer_codes=MappingProxyType(
        {
            (LOINC, "LA6568-5"): 0.0,
            (LOINC, "LA6569-3"): 1.0,
            (LOINC, "LA6570-1"): 2.0,
            (LOINC, "LA6571-9"): 3.0,
        }
    ),
    unscored_link_ids=("difficulty", "69722-7", "total", "70274-6"),
    total_link_ids=("total", "70274-6"),
)
