import pytest

from tests.clinical.patient_facts import (
    expressed,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    remark,
    says,
    sources,
    value,
    wai,
)

RULE = "first-expression"


def course(*presences: str, **last: object) -> list:
    """One record a session; `last` codes the final one."""
    found = [expressed(n, presence) for n, presence in enumerate(presences[:-1], start=1)]
    return [*found, expressed(len(presences), presences[-1], **last)]


def test_the_first_tears_after_three_recorded_sessions_are_a_finding() -> None:
    found = one(RULE, *course("none", "eyes-filled", "tears-held-back", "tears"))
    assert value(found) == "recorded"
    assert says(found) == (
        "First recorded tears after 3 recorded sessions. How the patient experienced them: not "
        "recorded."
    )


@pytest.mark.parametrize(
    "presences",
    [
        ("none", "none", "tears"),
        ("none", "none", "prefer-not-to-record", "tears"),
        ("tears", "none", "none", "none", "tears"),
        ("none", "none", "none", "tears-held-back"),
    ],
)
def test_otherwise_there_is_none(presences: tuple[str, ...]) -> None:
    assert of(RULE, *course(*presences)) == []


def test_later_tears_change_nothing() -> None:
    given = course("none", "none", "none", "tears")
    assert one(RULE, *given)["id"] == one(RULE, *given, expressed(9, "tears"))["id"]


def test_the_text_repeats_how_the_patient_experienced_them() -> None:
    given = course("none", "none", "none", "tears", patient_meaning=("not-discussed",))
    assert says(one(RULE, *given)).endswith("How the patient experienced them: not discussed.")
    assert part(one(RULE, *given), "patient-meaning") == "not-discussed"


def test_a_heading_without_evidence_says_not_recorded() -> None:
    found = one(RULE, *course("none", "none", "none", "tears"))
    for heading in ("acceptance", "trust", "symptoms-to-review", "beliefs"):
        assert part(found, heading) == "not-recorded"


def test_evidence_within_two_sessions_is_listed_with_its_reference() -> None:
    meaning = ("facing-pain", "trust-in-therapist")
    found = one(
        RULE,
        *course("none", "none", "none", "tears", patient_meaning=meaning),
        ready_made(2, "aaq-ii", 30),
        ready_made(6, "aaq-ii", 24),
        remark(3, "trust-in-therapist", number=5),
        remark(5, "trust-in-therapist", number=8),
        phq9(4, 10),
        remark(5, "crying-belief", "seen-as-weak", components={"under-question": "yes"}),
        remark(5, "pace-wish", "go-on"),
    )
    assert part(found, "acceptance") == (
        "facing pain, session 4 (Observation/expression-4); AAQ-II total 30 in session 2, 24 in "
        "session 6 (falls when acceptance rises) (Observation/total-aaq-ii-2, "
        "Observation/total-aaq-ii-6)"
    )
    assert part(found, "trust") == (
        "trust in therapist, session 4 (Observation/expression-4); trust in therapist 5 in session "
        "3, 8 in session 5 (Observation/trust-in-therapist-3, Observation/trust-in-therapist-5)"
    )
    assert "PHQ-9 total 10 in session 4 (cut-off 10)" in part(found, "symptoms-to-review")
    assert part(found, "beliefs") == (
        "seen as weak, under question, session 5 (Observation/crying-belief-5)"
    )
    assert "Observation/total-aaq-ii-6" in sources(found)
    assert "Observation/pace-wish-5" not in sources(found)


def test_evidence_three_sessions_away_or_below_the_cutoff_is_not_listed() -> None:
    found = one(
        RULE,
        *course("none", "none", "none", "tears"),
        remark(5, "crying-belief", "seen-as-weak", components={"under-question": "no"}),
        phq9(4, 9),
        wai(6, 48),
        phq9(7, 20),
        remark(7, "crying-belief", "seen-as-weak", components={"under-question": "yes"}),
        remark(4, "acceptance-of-suffering", number=4),
    )
    for heading in ("acceptance", "trust", "symptoms-to-review", "beliefs"):
        assert part(found, heading) == "not-recorded"


def test_it_is_dated_by_the_session_and_is_therapy() -> None:
    given = course("none", "none", "none", "tears")
    found = one(RULE, *given, remark(5, "trust-in-therapist", number=8), phq9(5, 12))
    assert found["effectiveDateTime"] == "2026-01-26T10:00:00+00:00"
    assert found["category"][0]["coding"][0]["code"] == "therapy"
    assert "interpretation" not in found
    assert parts(found, "sessions-recorded") == [3]


def test_changed_beliefs_about_crying_are_listed_beside_them() -> None:
    given = [
        *course("none", "none", "none", "tears"),
        ready_made(3, "bacs-helpful", 3),
        ready_made(5, "bacs-helpful", 4.5),
    ]
    assert part(one(RULE, *given), "beliefs") == (
        "BACS helpful beliefs 3 in session 3, 4.5 in session 5 "
        "(Observation/total-bacs-helpful-3, Observation/total-bacs-helpful-5)"
    )
