"""One client that asks too much is told when to come again; the others notice nothing."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.api.quota import MOST_CLIENTS, Quota
from service.store.cluster import Cluster
from tests.api.auth.secured import secured


class Watch:
    """Seconds as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_answered_and_then_the_even_rate() -> None:
    """Two a second after five at once: the sixth waits, half a second later there is one."""
    watch = Watch()
    quota = Quota(per_second=2, burst=5, elapsed=watch)
    assert [quota.spend("a") for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    watch.now = 0.5
    assert [quota.spend("a"), quota.spend("a")] == [0, 1]


def test_the_wait_that_is_told_is_long_enough() -> None:
    """One in four seconds: after the first, the next is due in 4."""
    watch = Watch()
    quota = Quota(per_second=0.25, burst=1, elapsed=watch)
    assert [quota.spend("a"), quota.spend("a")] == [0, 4]
    watch.now = 4
    assert quota.spend("a") == 0


def test_another_client_is_not_held_back() -> None:
    quota = Quota(per_second=1, burst=1, elapsed=Watch())
    assert [quota.spend("a"), quota.spend("a"), quota.spend("b")] == [0, 1, 0]


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_no_stretch_of_time_has_more_than_its_share(pauses: list[float]) -> None:
    watch = Watch()
    quota = Quota(per_second=2, burst=3, elapsed=watch)
    answered = []
    for pause in pauses:
        watch.now += pause
        if quota.spend("a") == 0:
            answered.append(watch.now)
    for place, start in enumerate(answered):
        for count, end in enumerate(answered[place:], start=1):
            assert count <= 3 + 2 * (end - start) + 1e-6


def test_clients_who_were_not_heard_of_for_longest_are_forgotten() -> None:
    quota = Quota(per_second=1, burst=1, elapsed=Watch())
    for client in range(MOST_CLIENTS + 1):
        quota.spend(client)
    assert quota.spend(0) == 0
    assert quota.spend(MOST_CLIENTS) == 1


async def test_over_http_it_is_429_with_retry_after_and_for_one_client_only(
    cluster: Cluster, tmp_path: Path
) -> None:
    limits = {"requests_per_second": 0.5, "requests_at_once": 3}
    async with secured(cluster, tmp_path, decided=limits) as site:
        header = site.bearer(client_id="a")
        answers = [await site.client.get("/Patient", headers=header) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) in (1, 2)
        assert answers[-1].json()["issue"][0]["code"] == "throttled"
        other = site.bearer(client_id="b")
        assert (await site.client.get("/Patient", headers=other)).status_code == 200
