"""Sets of words, written as running text where a table has many of them."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())
