"""The query of a URL as pairs."""

import pytest

from service.errors import BadRequest
from service.interactions.pairs import pairs

READ: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", ()),
    ("&&", ()),
    ("a=1&b=2&a=3", (("a", "1"), ("b", "2"), ("a", "3"))),
    ("a", (("a", ""),)),
    ("a=", (("a", ""),)),
    ("=1", (("", "1"),)),
    ("a=b=c", (("a", "b=c"),)),
    ("a=%C5%81%C3%B3d%C5%BA", (("a", "Łódź"),)),
    ("a=Łódź", (("a", "Łódź"),)),
    ("a=b+c", (("a", "b c"),)),
    ("a=b%2Bc", (("a", "b+c"),)),
    ("a=2026-05-03T10:00:00+05:30", (("a", "2026-05-03T10:00:00+05:30"),)),
    ("a=2026-05-03T10:00:00.5+05:30", (("a", "2026-05-03T10:00:00.5+05:30"),)),
    ("a=2026-05-03T10:00+05:30", (("a", "2026-05-03T10:00+05:30"),)),
    ("a=2026-05-03T10%3a00+05%3A30", (("a", "2026-05-03T10:00+05:30"),)),
    ("a=10:00+05:30,11:00+05:30", (("a", "10:00+05:30,11:00+05:30"),)),
    ("a=10:00+5", (("a", "10:00 5"),)),
    ("a=1;b=2", (("a", "1;b=2"),)),
)


@pytest.mark.parametrize(("raw", "expected"), READ)
def test_a_query_is_read(raw: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert pairs(raw) == expected


@pytest.mark.parametrize("raw", ["a=%FF", "%ED%A0%80=1", "&".join(["a=1"] * 1_001)])
def test_what_is_no_query_is_refused(raw: str) -> None:
    with pytest.raises(BadRequest):
        pairs(raw)


def test_a_thousand_pairs_are_read() -> None:
    assert len(pairs("&".join(["a=1"] * 1_000))) == 1_000
