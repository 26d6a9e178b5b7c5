"""Which curves are taken, which are refused with file and field, and which one applies."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.curves import Curves, gathered, named, preferred, read
from service.clinical.definitions import Refused, Source, Standing
from tests.clinical.expected import CURVES, LUTZ, MODERATE, SEVERE, WELL, curve

SCALES = {scale: definition for scale, (_, definition) in catalogue().scales.items()}
SOURCE = {"citation": LUTZ.citation, "standing": "P"}
ROW = {
    "id": "phq-9-10-14",
    "scale": "phq-9",
    "low": 10,
    "high": 14,
    "b0": 14,
    "b1": -3.0,
    "sd": 4,
    "courses": 340,
    "last_session": 6,
    "version": "2",
}


def of(*rows: Mapping[str, Any], **document: Any) -> tuple:
    return read({"source": SOURCE, "curve": list(rows), **document}, "phq.toml", SCALES)


def refusal(*rows: Mapping[str, Any], **document: Any) -> str:
    with pytest.raises(Refused) as refused:
        of(*rows, **document)
    return str(refused.value)


def test_a_document_is_a_source_and_its_curves() -> None:
    assert of(ROW) == (MODERATE,)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"scale": "phq"}, "phq.toml, scale of curve 'phq-9-10-14': 'phq' is not known."),
        (
            {"scale": "srs"},
            "phq.toml, scale of curve 'phq-9-10-14': 'srs' is no whole symptom or wellbeing scale",
        ),
        (
            {"scale": "phq-9-core"},
            "phq.toml, scale of curve 'phq-9-10-14': 'phq-9-core' is no whole symptom or wellbeing",
        ),
        (
            {"courses": 99},
            "phq.toml, courses of curve 'phq-9-10-14': 99 of 100 courses that a curve needs.",
        ),
        ({"sd": 0}, "phq.toml, sd of curve 'phq-9-10-14': must be above 0."),
        ({"b1": float("nan")}, "phq.toml, b1 of curve 'phq-9-10-14': must be a number."),
        ({"b1": "-3"}, "phq.toml, b1 of curve 1: Expected `float`, got `str`."),
        ({"slope": 1}, "phq.toml, curve 1: Object contains unknown field `slope`."),
        (
            {"high": 28},
            "phq.toml, low of curve 'phq-9-10-14': the band must lie within 0 to 27.",
        ),
        ({"low": 15}, "phq.toml, low of curve 'phq-9-10-14': the band must lie within 0 to 27."),
        (
            {"last_session": 1},
            "phq.toml, last_session of curve 'phq-9-10-14': must be 2 or later: session 1",
        ),
        ({"id": "a b"}, "phq.toml, id of curve 'a b': must be 1 to 64 letters, digits, hyphens"),
        ({"version": " "}, "phq.toml, version of curve 'phq-9-10-14': is empty."),
        ({"id": "improved"}, "phq.toml, id of curve 'improved': 'improved' says 'improved'"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_field(said: Mapping[str, Any], sentence: str) -> None:
    assert refusal({**ROW, **said}).startswith(sentence)


@pytest.mark.parametrize("field", ["id", "scale", "low", "b0", "sd", "courses", "version"])
def test_a_field_that_is_missing_is_named(field: str) -> None:
    row = {name: value for name, value in ROW.items() if name != field}
    assert refusal(row) == f"phq.toml, curve 1: Object missing required field `{field}`."


def test_every_number_needs_a_source() -> None:
    with pytest.raises(Refused, match="source: is missing"):
        read({"curve": [ROW]}, "phq.toml", SCALES)
    unsure = {"citation": "Somebody (2001).", "standing": "?"}
    assert "source.standing of curve 1: Invalid enum value" in refusal(ROW, source=unsure)
    assert "source.citation of curve" in refusal(ROW, source={"citation": " ", "standing": "D"})
    judging = {"citation": "Table of deteriorated courses", "standing": "D"}
    assert "source.citation of curve 'phq-9-10-14'" in refusal(ROW, source=judging)


def test_a_document_without_curves_or_with_anything_else_is_refused() -> None:
    assert "there must be at least one table" in refusal()
    assert "curves: only `source` and `curve`" in refusal(ROW, curves=[])


def test_bands_of_one_scale_may_not_overlap_and_ids_may_not_repeat() -> None:
    assert gathered({"a.toml": (MODERATE, SEVERE), "b.toml": (WELL,)}) == CURVES.known
    with pytest.raises(Refused, match=r"a.toml and b.toml, low and high: curves 'phq-9-10-14' and"):
        gathered({"a.toml": (MODERATE,), "b.toml": (curve(id="other", low=14.0, high=20.0),)})
    with pytest.raises(Refused, match=r"a.toml, id: two curves are called 'phq-9-10-14'"):
        gathered({"a.toml": (MODERATE, curve(scale="gad-7"))})


@pytest.mark.parametrize(
    ("first", "chosen"),
    [(9, None), (10, MODERATE), (14, MODERATE), (14.5, MODERATE), (15, SEVERE), (20, None)],
)
def test_the_first_score_chooses_the_curve(first: float, chosen: object) -> None:
    """Bands are given in whole points; a score between two belongs to the lower one."""
    assert CURVES.of("phq-9", first) is chosen
    assert CURVES.of("gad-7", first) is None


def test_where_a_file_has_curves_of_a_scale_they_stand_alone() -> None:
    own = (curve(id="own", low=20.0, high=27.0), curve(id="own-ors", scale="ors", high=40.0))
    assert preferred((MODERATE,), own) == Curves(known=(MODERATE, own[1]))
    assert preferred((), own) == Curves(known=own)


def test_a_source_is_named_by_author_and_year_or_as_a_whole() -> None:
    assert named(LUTZ) == "Lutz 1999"
    own = Source(citation="Ended courses of this site", standing=Standing.DECIDED)
    assert named(own) == "ended courses of this site"
    assert named(Source(citation="NHS tables.", standing=Standing.PUBLISHED)) == "NHS tables"
