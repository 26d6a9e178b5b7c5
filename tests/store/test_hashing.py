"""Hashes that stand in databases never change."""

from service.store.hashing import hash64, type_key


def test_the_hashes_are_those_of_blake2b() -> None:
    # printf 'Patient/a' | b2sum -l 64 and 'a\x1fbc', printf 'Patient' | b2sum -l 32, signed.
    assert hash64("Patient/a") == -7283806057787992299
    assert hash64("a", "bc") == -6302140858635145382
    assert type_key("Patient") == -609034324


def test_parts_are_kept_apart() -> None:
    assert hash64("a", "bc") != hash64("ab", "c")
