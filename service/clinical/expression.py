"""The record of emotional expression as one table: topics, their components, their values.

The packaged CodeSystem and ValueSets are made from it, and what clients send is held to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from service.clinical import expression_values as values


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Numbers from `low` to `high`, both included."""

    low: int
    high: int
    whole: bool = False
    """Whether only whole numbers are meant."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """An Observation of CodeSystem `expression`, or one of its components: what its value may be.

    Where several kinds are allowed, any one of them is a value.
    """

    code: str
    display: str
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Its value set; empty: no coded value."""
    numbers: Bounds | None = None
    numbers_need_method: bool = False
    """Whether a number belongs to an observer scale that `Observation.method` names."""
    minutes: bool = False
    """Whether a Quantity in minutes is a value."""
    words: bool = False
    """Whether text is a value; it never has to be given."""
    concept: bool = False
    """Whether any CodeableConcept is a value."""
    repeats: bool = False
    required: bool = False

    @property
    def has_value(self) -> bool:
        return bool(self.codes or self.numbers or self.minutes or self.words or self.concept)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """An Observation of CodeSystem `expression`."""

    value: Element
    """Its own code and value; an episode has components only."""
    components: tuple[Element, ...] = ()
    derived: bool = False
    """Whether `derivedFrom` must name the episode it looks back on."""

    @property
    def code(self) -> str:
        return self.value.code


TEN = Bounds(low=0, high=10)
CEAS = Bounds(low=1, high=7, whole=True)
"""Client Expressed Emotional Arousal Scale III; with `method`."""
GOAL_ATTAINMENT = Bounds(low=-2, high=2, whole=True)
GOAL_ATTAINMENT_LOINC = "107334-5"
"""Goal attainment, patient-reported follow-up."""

EPISODE = "expression-episode"
PRESENCE = "expression-presence"

_EMOTION_AFTER = Element(
    code="emotion-after", display="Emotion afterwards", codes=values.EMOTION, repeats=True
)
_MOOD_CHANGE = Element(
    code="mood-change-after", display="Change of mood afterwards", codes=values.MOOD_CHANGE
)
_MEANING = Element(
    code="patient-meaning", display="Meaning to the patient", codes=values.MEANING, repeats=True
)

EPISODE_COMPONENTS: tuple[Element, ...] = (
    Element(code=PRESENCE, display="Presence of expression", codes=values.PRESENCE, required=True),
    Element(code="expression-timing", display="Timing of expression", codes=values.TIMING),
    Element(
        code="expression-topic", display="Topic of expression", codes=values.TOPIC, repeats=True
    ),
    Element(
        code="expression-intensity",
        display="Intensity of expression",
        codes=values.INTENSITY,
        numbers=CEAS,
        numbers_need_method=True,
    ),
    Element(
        code="expression-duration",
        display="Duration of expression",
        codes=values.DURATION,
        minutes=True,
    ),
    Element(code="expression-form", display="Form of expression", codes=values.FORM, repeats=True),
    Element(code="emotion-during", display="Emotion during", codes=values.EMOTION, repeats=True),
    _EMOTION_AFTER,
    _MOOD_CHANGE,
    Element(
        code="therapist-act-before",
        display="What the therapist did before",
        codes=values.THERAPIST_ACT,
        repeats=True,
    ),
    Element(
        code="therapist-response",
        display="How the therapist responded",
        codes=values.THERAPIST_ACT,
        repeats=True,
    ),
    _MEANING,
    Element(code="felt-understood", display="Felt understood", numbers=TEN),
    Element(code="shame-about-crying", display="Shame about crying", numbers=TEN),
    Element(code="others-present", display="Others present", codes=values.OTHERS, repeats=True),
)

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        topic.code: topic
        for topic in (
            Topic(
                value=Element(code=EPISODE, display="Episode of expression"),
                components=EPISODE_COMPONENTS,
            ),
            Topic(
                value=Element(code="pace-wish", display="Wish for the pace", codes=values.PACE_WISH)
            ),
            Topic(value=Element(code="restraint", display="Restraint", codes=values.RESTRAINT)),
            Topic(
                value=Element(
                    code="crying-belief", display="Belief about crying", codes=values.BELIEF
                ),
                components=(
                    Element(code="belief-strength", display="Strength of the belief", numbers=TEN),
                    Element(
                        code="under-question",
                        display="Under question",
                        codes=values.UNDER_QUESTION,
                    ),
                    Element(code="own-words", display="In the patient's words", words=True),
                ),
            ),
            Topic(
                value=Element(
                    code="acceptance-of-suffering", display="Acceptance of suffering", numbers=TEN
                )
            ),
            Topic(
                value=Element(
                    code="trust-in-therapist", display="Trust in the therapist", numbers=TEN
                )
            ),
            Topic(
                value=Element(code="pace-felt", display="The session went at my pace", numbers=TEN)
            ),
            Topic(
                value=Element(code="expression-looking-back", display="Looking back on an episode"),
                components=(_EMOTION_AFTER, _MOOD_CHANGE, _MEANING),
                derived=True,
            ),
            Topic(
                value=Element(code="referral", display="Referral", codes=values.REFERRAL),
                components=(
                    Element(
                        code="referral-reason",
                        display="Reason for the referral",
                        concept=True,
                        repeats=True,
                    ),
                ),
            ),
            Topic(
                value=Element(
                    code="session-attendance",
                    display="Attendance of the session",
                    codes=values.ATTENDANCE,
                )
            ),
            Topic(
                value=Element(
                    code="course-ending", display="Ending of the course", codes=values.ENDING
                )
            ),
            Topic(
                value=Element(
                    code="goal-attainment",
                    display="Goal attainment",
                    numbers=GOAL_ATTAINMENT,
                )
            ),
        )
    }
)
"""Topic code -> its Observation."""

ELEMENTS: Mapping[str, Element] = MappingProxyType(
    {
        element.code: element
        for topic in TOPICS.values()
        for element in (topic.value, *topic.components)
    }
)
"""Code of a topic or component -> what its value may be."""


def _displays() -> Mapping[str, str]:
    found = {element.code: element.display for element in ELEMENTS.values()}
    for element in ELEMENTS.values():
        for code, display in element.codes.items():
            if found.setdefault(code, display) != display:
                raise ValueError(f"The code '{code}' has two displays: '{display}' is the second.")
    return MappingProxyType(found)


CODES: Mapping[str, str] = _displays()
"""Every code of CodeSystem `expression` with its display."""
