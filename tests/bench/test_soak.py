"""The mixture that a soak is made of."""

from collections import Counter
from functools import partial

from bench.soak import SHARES, mixture
from bench.traffic import Traffic


def test_a_mixture_has_each_kind_by_its_share_and_in_no_order() -> None:
    """4,000 of them: 52, 25, 12, 8 and 3 %."""

    def one(kind: str, _: int) -> Traffic:
        return Traffic(kind=kind, requests=[kind.encode()])

    made = mixture([partial(one, kind) for kind in SHARES], 1)
    found = Counter(request.decode() for request in made.requests)
    assert [found[kind] for kind in SHARES] == [2_080, 1_000, 480, 320, 120]
    first = Counter(request.decode() for request in made.requests[:400])
    assert all(0 < first[kind] < 400 for kind in SHARES)
    assert made.expected.fault(201, b"") is None
