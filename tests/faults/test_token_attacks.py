"""1 to 8: a running server, and a whole corpus of tokens that are all but good."""

import json
import string
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.api.auth.authority import AUDIENCE, rsa_key
from tests.api.test_sockets import read, request, spoken
from tests.faults import forged_bodies, forged_headers
from tests.faults.assailed import Assailed, assailed
from tests.faults.forgery import CANARY, Table

pytestmark = pytest.mark.asyncio(loop_scope="module")
LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
"""https://www.rfc-editor.org/rfc/rfc4648#section-5"""
MEGABYTES = 2**20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Assailed]:
    async with assailed(tmp_path_factory.mktemp("assailed")) as stands:
        yield stands


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_ever(site: Assailed) -> AsyncIterator[None]:
    """Good tokens are let in before and after; meanwhile nobody was called but the issuer, and
    nothing that was tried stands in the log."""
    await site.lets_in()
    yield
    await site.lets_in()
    await site.lets_in(site.forge.elliptic())
    await site.lets_in(site.forge.of_other())
    site.assert_nobody_was_called()
    assert CANARY not in site.server.log.read_text()


@pytest.mark.parametrize(
    ("table", "at_least"),
    [
        (forged_headers.unsigned_ones, 250),
        (forged_headers.shared_secrets, 200),
        (forged_headers.key_names, 120),
        (forged_headers.keys_brought_along, 80),
        (forged_headers.algorithms, 30),
        (forged_headers.kinds, 25),
        (forged_bodies.claims, 110),
        (forged_bodies.claims_said_twice, 40),
        (forged_bodies.times, 40),
        (forged_bodies.strangers, 45),
        (forged_bodies.signatures, 80),
        (forged_bodies.signatures_made_up, 30),
        (forged_bodies.shapes, 55),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
async def test_every_forged_token_is_refused_as_any_other(
    site: Assailed, table: Table, at_least: int
) -> None:
    forged = table(site.forge)
    assert len(forged) >= at_least
    await site.refuses(forged)


async def test_tokens_in_every_form_that_is_allowed_are_let_in(site: Assailed) -> None:
    """So that what is refused elsewhere is refused for what is said to be wrong with it."""
    forge, away = site.forge, f"{site.forge.listener}/keys"
    now = forge.claims()["iat"]
    for good in (
        forge.raw(),
        forge.raw('{"alg": "RS256", "kid": "first"}', json.dumps(forge.claims())),
        forge.raw('{"alg": "RS256"}'),
        forge.literal("exp", "9999999999"),
        forge.literal("exp", "9999999999.5"),
        forge.literal("exp", "1e10"),
        forge.token(exp=now - 30, iat=now - 60.5, nbf=now + 30),
        forge.token(aud=[CANARY, AUDIENCE], scope=["user/*.cruds"], patient="p1"),
        forge.token(header={"typ": "application/at+jwt"}),
        forge.token(header={"typ": "JWT", "x": CANARY}),
        forge.token(header={"jku": away, "x5u": away, "jwk": {"kty": "oct", "k": "AAAA"}}),
        forge.of_other("theirs-too", "theirs"),
    ):
        await site.lets_in(good)


async def test_4_a_thousand_keys_that_nobody_has_cost_one_call(site: Assailed) -> None:
    """How often the issuer was asked is counted after every test."""
    forger = rsa_key("forger")
    await site.refuses(
        {f"{n}": site.forge.token(forger, {"kid": f"key-{n}"}) for n in range(1_000)}
    )


def carried(token: str) -> dict[str, list[str]]:
    """A good token where none is taken, or with something beside it."""
    good = f"Authorization: Bearer {token}"
    return {
        "no header": [],
        "twice": [good, good],
        "before another": [good, "Authorization: Bearer x"],
        "after another": ["Authorization: Basic dTpw", good],
        "after an empty one": ["Authorization:", good],
        "in a list": [f"{good}, Bearer {token}"],
        "with a word behind": [f"{good} x"],
        "with a parameter": [f'{good}, realm="x"'],
        "as another scheme": [f"Authorization: Basic {token}"],
        "without a scheme": [f"Authorization: {token}"],
        "after a tab": [f"Authorization: Bearer\t{token}"],
        "in quotes": [f'Authorization: Bearer "{token}"'],
        "with a zero": [f"{good}\x00"],
        "with a zero before": [f"Authorization: Bearer \x00{token}"],
        "with a bell": [f"{good}\x07"],
        "with an octet above": [f"{good}\xe9"],
        "with a smile": [f"{good}\U0001f600"],
        "in two halves": [f"Authorization: Bearer {token[:200]}", f" {token[200:]}"],
        "with a space before the colon": [good.replace(":", " :", 1)],
        "with a line end within": [f"Authorization: Bearer\n {token}"],
        "in a header of a proxy": [f"Proxy-{good}"],
        "in a header of others": [f"X-{good}", f"X-Access-Token: {token}", f"X-Forwarded-{good}"],
        "under a name that looks alike": [good.replace("-", "_").replace("Auth", "AUTH_")],
        "in a cookie": [f"Cookie: Authorization=Bearer {token}; access_token={token}"],
    }


async def test_1_a_good_token_in_any_other_place_opens_nothing(site: Assailed) -> None:
    port = int(site.server.url.rpartition(":")[2])
    token = site.forge.token()
    for name, headers in carried(token).items():
        status, told, body = read(await spoken(port, request("GET", "/Patient", *headers)))
        # What is no HTTP goes no further than the reader of requests.
        assert status == 401 or (status == 400 and b"searchset" not in body), name
        assert status == 400 or told["www-authenticate"].startswith("bearer realm="), name
        assert CANARY.encode() not in body, name


async def test_1_a_good_token_in_the_query_or_the_body_opens_nothing(site: Assailed) -> None:
    token = site.forge.token()
    form, json_body = {"access_token": token}, {"access_token": token}
    good = {"Authorization": f"Bearer {token}"}
    for answer in (
        await site.client.get("/Patient", params=form),
        await site.client.get("/Patient", params=form, headers=good),
        await site.client.get(f"/Patient?_id=a&access%5Ftoken={token}"),
        await site.client.post("/Patient/_search", data=form),
        await site.client.post("/Patient/_search", params=form, data=form),
        await site.client.post("/Patient", json=json_body),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('Bearer realm="fhir"')
        assert token not in answer.text


async def test_1_a_connection_remembers_nobody(site: Assailed) -> None:
    """One good token, and behind it on the same connection a request without."""
    port = int(site.server.url.rpartition(":")[2])
    good = f"Authorization: Bearer {site.forge.token()}"
    first = request("GET", "/Patient", good).replace(b"close", b"keep-alive")
    said = await spoken(port, first, request("GET", "/Patient"))
    answers = said.split(b"HTTP/1.1 ")[1:]
    assert [each[:3] for each in answers] == [b"200", b"401"]


def altered(good: str) -> Iterator[tuple[str, str]]:
    """The token with one place changed, left out, said twice, or filled with what is no letter."""
    for place, letter in enumerate(good):
        before, after = good[:place], good[place + 1 :]
        if letter == ".":
            yield f"{place} without its dot", before + after
            continue
        flipped = LETTERS[LETTERS.index(letter) ^ 1 << place % 6]
        for other in (flipped, "", letter * 2, "~"):
            if before + other + after != good:
                yield f"{place} is {other!r}", before + other + after


def last_letters(good: str) -> Iterator[tuple[str, str]]:
    """Every other last letter of each part, also those whose odd bits alone differ."""
    parts = good.split(".")
    for number, part in enumerate(parts):
        for letter in LETTERS.replace(part[-1], ""):
            changed = [*parts[:number], part[:-1] + letter, *parts[number + 1 :]]
            yield f"part {number} ends with {letter}", ".".join(changed)


async def test_no_place_of_a_token_can_be_altered_and_thousands_of_attempts_leave_nothing_behind(
    site: Assailed,
) -> None:
    """Each alteration is refused, and the process holds no more memory after than before."""
    kinds = (site.forge.token(), site.forge.elliptic())
    for good in kinds:
        await site.lets_in(good)
        await site.refuses(dict(last_letters(good)))
    before = site.resident()
    for good in kinds:
        forged = dict(altered(good))
        assert len(forged) > 3 * len(good)
        await site.refuses(forged)
        await site.lets_in(good)
    assert site.resident() - before < 20 * MEGABYTES
