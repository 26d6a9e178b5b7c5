"""The Prefer header. https://www.rfc-editor.org/rfc/rfc7240"""

import pytest

from service.interactions.messages import Preference, Return, preference

READ = (
    ("", Preference()),
    ("return=minimal", Preference(answer=Return.MINIMAL)),
    ("return=representation", Preference(answer=Return.REPRESENTATION)),
    ("return=OperationOutcome", Preference(answer=Return.OUTCOME)),
    ('return="minimal"', Preference(answer=Return.MINIMAL)),
    ("Return = minimal", Preference(answer=Return.MINIMAL)),
    ("return=minimal, return=representation", Preference(answer=Return.MINIMAL)),
    ("handling=strict", Preference(strict=True)),
    ("handling=lenient", Preference(lenient=True)),
    ("handling=lenient; return=minimal", Preference(answer=Return.MINIMAL, lenient=True)),
    ("respond-async, wait=10, handling=lenient", Preference(lenient=True)),
    ("return=everything, handling=rough", Preference()),
    ("return", Preference()),
    (";;,,==", Preference()),
)


@pytest.mark.parametrize(("header", "expected"), READ)
def test_a_preference_is_read_and_what_is_unknown_is_passed_over(
    header: str, expected: Preference
) -> None:
    assert preference(header) == expected
