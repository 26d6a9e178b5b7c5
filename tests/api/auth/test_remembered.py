"""Which checked tokens are remembered."""

from service.api.auth.remembered import Remembered
from service.fhir.access import Access


def test_the_one_that_was_not_used_for_longest_makes_room() -> None:
    remembered = Remembered(most=2)
    who = {name: Access(user=name) for name in ("a", "b", "c")}
    remembered.keep("a", who["a"], until=10)
    remembered.keep("b", who["b"], until=10)
    assert remembered.find("a", 0) is who["a"]
    remembered.keep("c", who["c"], until=10)
    assert remembered.find("b", 0) is None
    assert remembered.find("a", 0) is who["a"]
    assert remembered.find("c", 0) is who["c"]


def test_what_is_out_of_date_is_forgotten() -> None:
    remembered = Remembered()
    remembered.keep("a", Access(), until=10)
    assert remembered.find("a", 9.9) is not None
    assert remembered.find("a", 10) is None
    assert remembered.find("a", 0) is None


def test_a_token_is_kept_as_a_digest() -> None:
    remembered = Remembered()
    remembered.keep("canary", Access(), until=10)
    assert "canary" not in repr(remembered)
    assert b"canary" not in b"".join(remembered._known)
