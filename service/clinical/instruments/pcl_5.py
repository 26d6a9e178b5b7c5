"""PCL-5: twenty problems after a stressful experience, in the last month."""

from service.clinical.canonical import LOINC, questionnaire
from service.clinical.definitions import (
    Code,
    Construct,
    Figure,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Reliability,
    ReliabilityKind,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

BLEVINS_2015 = Source(
    citation="Blevins, Weathers, Davis, Witte & Domino (2015). The Posttraumatic Stress Disorder "
    "Checklist for DSM-5 (PCL-5): development and initial psychometric evaluation. Journal of "
    "Traumatic Stress 28, 489-498.",
    standing=Standing.WIDELY_USED,
    doi="10.1002/jts.22059",
)
MARX_2022 = Source(
    citation="Marx, Lee, Norman, Bovin, Sloan, Weathers, Keane & Schnurr (2022). Reliable and "
    "clinically significant change in the Clinician-Administered PTSD Scale for DSM-5 and PTSD "
    "Checklist for DSM-5 among male veterans. Psychological Assessment 34, 197-203.",
    standing=Standing.PUBLISHED,
    doi="10.1037/pas0001098",
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)
ITEMS = (
    "Repeated, disturbing, and unwanted memories of the stressful experience?",
    "Repeated, disturbing dreams of the stressful experience?",
    (
        "Suddenly feeling or acting as if the stressful experience were actually happening again "
        "(as if you were actually back there reliving it)?"
    ),
    "Feeling very upset when something reminded you of the stressful experience?",
    (
        "Having strong physical reactions when something reminded you of the stressful experience "
        "(for example, heart pounding, trouble breathing, sweating)?"
    ),
    "Avoiding memories, thoughts, or feelings related to the stressful experience?",
    (
        "Avoiding external reminders of the stressful experience (for example, people, places, "
        "conversations, activities, objects, or situations)?"
    ),
    "Trouble remembering important parts of the stressful experience?",
    (
        "Having strong negative beliefs about yourself, other people, or the world (for example, "
        "having thoughts such as: I am bad, there is something seriously wrong with me, no one can "
        "be trusted, the world is completely dangerous)?"
    ),
    "Blaming yourself or someone else for the stressful experience or what happened after it?",
    "Having strong negative feelings such as fear, horror, anger, guilt, or shame?",
    "Loss of interest in activities that you used to enjoy?",
    "Feeling distant or cut off from other people?",
    (
        "Trouble experiencing positive feelings (for example, being unable to feel happiness or "
        "have loving feelings for people close to you)?"
    ),
    "Irritable behavior, angry outbursts, or acting aggressively?",
    "Taking too many risks or doing things that could cause you harm?",
    "Being “superalert” or watchful or on guard?",
    "Feeling jumpy or easily startled?",
    "Having difficulty concentrating?",
    "Trouble falling or staying asleep?",
)
"""As the standard form of the National Center for PTSD, 14 August 2013, words them."""
ALL = MissingRule(allowed=0, source=COMPLETE)


def _cluster(name: str, first: int, last: int) -> Scale:
    items = tuple(range(first, last + 1))
    return Scale(
        id=f"pcl-5-{name.lower()}",
        title=f"PCL-5 cluster {name}",
        construct=Construct.SYMPTOM,
        better=Better.LOWER,
        items=items,
        scoring=Scoring.SUM,
        low=0,
        high=4 * len(items),
        missing=ALL,
        primary=False,
    )


TOTAL = Scale(
    id="pcl-5",
    title="PCL-5 total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=tuple(range(1, 21)),
    scoring=Scoring.SUM,
    low=0,
    high=80,
    missing=ALL,
    cutoff=Figure(value=28, source=MARX_2022, note="male veterans"),
    reliability=Reliability(value=0.82, kind=ReliabilityKind.RETEST, source=BLEVINS_2015),
    published_change=Figure(value=15, source=MARX_2022, note="18 in the second sample"),
    codes=(
        Code(
            system=LOINC,
            code="101698-9",
            display="PTSD Checklist for DSM-5 (PCL-5) total score [PCL-5]",
        ),
    ),
)

INSTRUMENT = Instrument(
    id="pcl-5",
    title="PTSD Checklist for DSM-5 (PCL-5)",
    version="1.0.0",
    instructions="Below is a list of problems that people sometimes have in response to a very "
    "stressful experience. Please read each problem carefully and then circle one of the numbers "
    "to the right to indicate how much you have been bothered by that problem in the past month.",
    stem="In the past month, how much were you bothered by:",
    items=tuple(
        Item(number=number, low=0, high=4, text=text) for number, text in enumerate(ITEMS, start=1)
    ),
    answer_texts=("Not at all", "A little bit", "Moderately", "Quite a bit", "Extremely"),
    scales=(
        TOTAL,
        _cluster("B", 1, 5),
        _cluster("C", 6, 7),
        _cluster("D", 8, 14),
        _cluster("E", 15, 20),
    ),
    shared_out=(("pcl-5-b", "pcl-5-c", "pcl-5-d", "pcl-5-e"),),
    licence=Licence(
        terms="Made by the National Center for PTSD of the United States Department of Veterans "
        "Affairs; in the public domain and not copyrighted. Cite: Weathers, Litz, Keane, "
        "Palmieri, Marx & Schnurr (2013). The PTSD Checklist for DSM-5 (PCL-5). Available from "
        "the National Center for PTSD at www.ptsd.va.gov.",
        text_may_ship=True,
    ),
    sources=(BLEVINS_2015, MARX_2022, COMPLETE),
    codes=(Code(system=LOINC, code="101697-1"),),
    canonicals=(questionnaire("pcl-5"), "http://loinc.org/q/101697-1"),
    unscored_link_ids=("total", "101698-9"),
    total_link_ids=("total", "101698-9"),
)
