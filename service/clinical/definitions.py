"""The forms that instruments take: frozen tables in which every number carries its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from service.psychometrics.scoring import Better


class Refused(ValueError):
    """Definitions that must not be used; the message names what they are in, the field and the
    rule."""


class Construct(StrEnum):
    """What a scale measures."""

    SYMPTOM = "symptom"
    WELLBEING = "wellbeing"
    ALLIANCE = "alliance"
    ACCEPTANCE = "acceptance"
    BELIEF = "belief"
    EXPRESSION = "expression"
    """What was expressed, and how strongly."""
    STYLE = "expression-style"
    """How someone deals with emotion as a rule, whatever was expressed."""
    SAFETY = "safety"


Reporter = Literal["patient", "therapist", "observer"]
"""Who answers or rates."""


class Standing(StrEnum):
    """How far a number can be trusted."""

    PUBLISHED = "P"
    """Read in a published source."""
    WIDELY_USED = "W"
    """Widely used; the primary source is cited."""
    DECIDED = "D"
    """Decided here, with the reason."""


class Scoring(StrEnum):
    SUM = "sum"
    MEAN = "mean"
    EXTERNAL = "external"
    """Scored outside: only ready-made values arrive."""


class ReliabilityKind(StrEnum):
    RETEST = "retest"
    ALPHA = "alpha"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a number comes from."""

    citation: str
    standing: Standing
    doi: str | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with its source."""

    value: float
    source: Source
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reliability:
    value: float
    kind: ReliabilityKind
    source: Source


@dataclass(frozen=True, kw_only=True)
class Norm:
    """Mean and standard deviation of a named sample, in scale points."""

    mean: float
    sd: float
    sample: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Code:
    """A coding; `system` is a URI."""

    system: str
    code: str
    display: str | None = None
    """As the owner of the system words it; None where it is not repeated here."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Scores from `low` to `high`, both included."""

    low: float
    high: float
    code: str
    display: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question; `text` only where the licence lets it ship."""

    number: int
    low: float
    high: float
    step: float = 1.0
    """The smallest difference between two answers: answers are `low` plus whole steps."""
    codes: tuple[Code, ...] = ()
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnscoredItem:
    """A question of the form that no scale is made of; recognised, and not scored."""

    link_id: str
    codes: tuple[Code, ...]
    answers: tuple[Code, ...]
    """In their order, with their displays."""
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class MissingRule:
    """How many unanswered items a score survives, and which items are never imputed.

    Missing items are replaced by the mean of the answered ones (sum scales: mean of answered times
    number of items, rounded half up where `rounded`).
    """

    allowed: int
    never_imputed: tuple[int, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    """Sets of items, such as subscales, that each lose at most `allowed_in_group`."""
    allowed_in_group: int = 0
    from_group: bool = False
    """Whether a missing item takes the mean of its own group, rounded half up, and not of all."""
    rounded: bool = True
    source: Source


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One score of an instrument, with what is known of it. None: not published."""

    id: str
    """Code in our CodeSystem `scale`, such as `phq-9` or `wai-sr-bond`."""
    title: str
    construct: Construct
    better: Better | None = None
    """None: neither end is the good one, and nothing that needs a direction is derived."""
    items: tuple[int, ...]
    """Empty where it is scored outside."""
    scoring: Scoring
    low: float
    high: float
    missing: MissingRule
    reversed_items: tuple[int, ...] = ()
    multiplier: float = 1.0
    """What the sum or mean, rounded first, is multiplied by; `low` and `high` are products too."""
    conversion: Mapping[float, float] | None = None
    """Sum -> score, where the authors give a table; `low` and `high` are of the score."""
    without: tuple[int, ...] = ()
    """Items that must not apply to the person for this scale to stand; where they do apply, the
    scale is not scored at all. A scale that needs such an item is not scored without it."""
    reporter: Reporter = "patient"
    bands: tuple[Band, ...] = ()
    bands_source: Source | None = None
    cutoff: Figure | None = None
    """Where lower is better, the first value inside the clinical range (PHQ-9: 10); where higher is
    better, the first value outside it ("clinical below 25" on the ORS: 25)."""
    norm: Norm | None = None
    intake: Norm | None = None
    """Patients at intake, whose SD effect sizes are counted in; never a general population."""
    family: str | None = None
    """Scales of one family ask different reporters the same."""
    reliability: Reliability | None = None
    published_change: Figure | None = None
    """Published reliable change in scale points, met with >=."""
    session_sd: Figure | None = None
    """Within-person, session-to-session SD (alliance scales)."""
    ask_below: Figure | None = None
    """A total below this is labelled as worth asking about; never a finding. A site may set it."""
    ask_includes: bool = False
    """Whether that value itself is worth asking about, too."""
    ask_item_below: Figure | None = None
    """The same for any single item of the scale."""
    ask_drop: Figure | None = None
    """A total at least this many points below that of the last session is labelled; never a
    finding. None unless a site sets it."""
    codes: tuple[Code, ...] = ()
    """Codes under which totals arrive ready-made and leave."""
    mappings: tuple[Code, ...] = ()
    """Further codes under which totals arrive; they leave only where a site holds the licence."""
    higher_means: str | None = None
    """What a higher score says, where the name of the scale suggests the opposite."""
    primary: bool = True
    """Whether findings are derived from it; False for subscales that are shown only."""

    @property
    def expressed(self) -> bool:
        """Whether its scores say what was expressed: they are protected as records of that are."""
        return self.construct is Construct.EXPRESSION


@dataclass(frozen=True, kw_only=True)
class SafetyItem:
    """An item whose answer calls for a conversation whatever the score."""

    item: int
    at_least: float
    asks_about: str
    """Neutral words for the text, such as `thoughts of being better off dead or of self-harm`."""
    same_day_at: float | None = None
    """The answer from which on the conversation is due the same day; None: the next contact."""
    source: Source
    proven_by_total: Mapping[float, float] = field(default_factory=lambda: MappingProxyType({}))
    """Totals that prove a least answer: PHQ-9 25, 26, 27 prove item 9 >= 1, 2, 3. What lies between
    proves as much as the next one: any total above 24 needs item 9."""
    scale: str
    """The scale whose ready-made total stands for the form."""


@dataclass(frozen=True, kw_only=True)
class Licence:
    terms: str
    """What may be done with the instrument, and how it is to be cited."""
    text_may_ship: bool


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A questionnaire as its authors defined it."""

    id: str
    title: str
    version: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    licence: Licence
    sources: tuple[Source, ...]
    codes: tuple[Code, ...] = ()
    """Codes of the questionnaire as a whole, such as its LOINC panel."""
    canonicals: tuple[str, ...]
    """Questionnaire canonicals it is recognised by, ours first, without version."""
    shared_out: tuple[tuple[str, ...], ...] = ()
    """Groups of subscale ids; the scales of a group hold every item exactly once between them."""
    answer_codes: Mapping[tuple[str, str], float] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """(system, code) of a coded answer -> its value."""
    instructions: str | None = None
    """What stands above the form; as every text of the form, in the authors' words."""
    stem: str | None = None
    """What stands above the items and is read with each of them."""
    answer_texts: tuple[str, ...] = ()
    """The answers from the least to the greatest, the same to every item."""
    unscored_items: tuple[UnscoredItem, ...] = ()
    unscored_link_ids: tuple[str, ...] = ()
    """linkIds that are recognised and not scored, such as a total or a difficulty item; a LOINC
    code among them stands for all forms in which item codes arrive."""
    total_link_ids: tuple[str, ...] = ()
    """Of those, the ones that carry a total, which is compared with ours."""
    safety: tuple[SafetyItem, ...] = ()
    may_not_apply: tuple[int, ...] = ()
    """Items that can be answered "not applicable"."""
    skips: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    """Item -> the item before it whose lowest answer lets it be skipped: it then scores lowest."""

    @property
    def expressed(self) -> bool:
        """Whether one of its scales says what was expressed; its answers are then read as that."""
        return any(scale.expressed for scale in self.scales)
