"""WAI-S of client and therapist, both from 12 to 84: a range of 72."""

import pytest

from tests.clinical.patient_facts import codes, derived, one, part, ready_made, says, sources, value

RULE = "alliance-difference"


def rated(session: int, client: int | None = None, therapist: int | None = None) -> list:
    given = {"wai-s": client, "wai-s-t": therapist}
    return [ready_made(session, name, p) for name, p in given.items() if p is not None]


def test_it_is_client_minus_therapist_in_per_cent_of_the_range() -> None:
    """(66 - 48) / 72 = 25 %; the session before counts for nothing but the number."""
    found = one(RULE, *rated(1, 40, 60), *rated(2, 66, 48))
    assert value(found) == 25
    assert (part(found, "client-score"), part(found, "therapist-score")) == (66, 48)
    assert part(found, "sessions-with-both") == 2
    assert len(sources(found)) == 4
    assert says(found) == (
        "WAI-S total of session 2 on 12 January 2026: the client's rating (66) is 25 % of the "
        "range above the therapist's (48). No norm and no threshold are published for the "
        "difference."
    )


@pytest.mark.parametrize(("client", "therapist", "expected"), [(48, 66, -25), (50, 50, 0)])
def test_its_sign_is_the_client_s(client: int, therapist: int, expected: float) -> None:
    assert value(one(RULE, *rated(1, client, therapist))) == expected


def test_ratings_of_different_sessions_are_not_compared() -> None:
    found = one(RULE, *rated(1, 60), *rated(2, None, 50))
    assert value(found) is None
    assert part(found, "sessions-with-both") == 0


def test_without_the_therapist_s_form_there_is_no_difference_to_speak_of() -> None:
    assert not [o for o in derived(*rated(1, 60), *rated(2, 61)) if RULE in codes(o)]
