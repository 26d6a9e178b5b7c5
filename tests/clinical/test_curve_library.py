"""A site's own curves as a Library: what it says, and that it is read as it was written."""

from base64 import b64decode, b64encode
from datetime import date

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.curve_library import curves_of, library
from service.clinical.definitions import Refused
from service.clinical.wording import objections
from service.fhir.validation import validate
from tests.clinical.expected import SEVERE, curve

SCALES = {scale: definition for scale, (_, definition) in catalogue().scales.items()}
FITTED = curve(scores=2310, tau=2.6, sigma=3.04, log_likelihood=-5120.25, period="2024 to 2026")
MADE = library((FITTED, SEVERE), SCALES["phq-9"], made=date(2026, 5, 3))


def test_it_is_read_as_it_was_written() -> None:
    assert curves_of(MADE, SCALES) == (FITTED, SEVERE)


def test_it_is_valid_and_says_what_it_rests_on() -> None:
    assert validate(MADE) == ()
    assert (MADE["id"], MADE["version"], MADE["status"]) == ("expected-course-phq-9", "2", "active")
    assert MADE["effectivePeriod"] == {"start": "2026-05-03"}
    assert MADE["description"] == (
        "2 curves of expected scores of the PHQ-9 total, version 2. First scores 10 to 14: n 340 "
        "(2310 scores), 14 - 3 ln(session), SD 4 (2.6 between courses, 3.04 within), sessions 2 to "
        "6, restricted log-likelihood -5120.25, 2024 to 2026; First scores 15 to 19: n 340, 18 - 3 "
        "ln(session), SD 4, sessions 2 to 6. Source: Lutz, Martinovich & Howard (1999). Patient "
        "profiling."
    )
    assert objections(MADE["description"] + MADE["title"], finding=True) == ()


def test_its_content_is_json_for_whoever_wants_the_numbers() -> None:
    (content,) = MADE["content"]
    assert content["contentType"] == "application/json"
    assert b'"b0":14.0,"b1":-3.0,"sd":4.0' in b64decode(content["data"])


@pytest.mark.parametrize(
    "content",
    [[], [{"contentType": "application/json", "data": b64encode(b"[1]").decode()}]],
)
def test_a_library_that_holds_no_curves_is_refused_by_its_name(content: list) -> None:
    with pytest.raises(Refused, match="Library/expected-course-phq-9, content: holds no curves"):
        curves_of({**MADE, "content": content}, SCALES)


def test_what_a_file_may_not_say_a_library_may_not_either() -> None:
    wrong = library((curve(courses=99),), SCALES["phq-9"], made=date(2026, 5, 3))
    with pytest.raises(Refused, match="Library/expected-course-phq-9, courses of curve"):
        curves_of(wrong, SCALES)
