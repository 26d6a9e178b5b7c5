"""What a site decides is read from the environment, and refused in one sentence."""

from dataclasses import asdict
from ipaddress import IPv4Network, IPv6Network

import pytest
from pydantic import ValidationError

from service import main, therapy
from service.clinical.choices import Choices
from service.clinical.derive import Derivation
from service.clinical.settling import Settling
from service.commands import run
from service.settings import Settings
from service.store.account import ClusterUnusable

BASE = "http://clinic.test/fhir"
WRONG = "The setting ATTUNE_"
FIRST = "the first from 2 on, such as 3,4."
ORIGIN = "is no origin such as https://app.example, and not *."
INTEGER = "integer, unable to parse string as an integer."


def derivation() -> Derivation:
    """As the settings have it."""
    settling = main.ports(Settings(), BASE).derivation
    assert isinstance(settling, Settling)
    return settling.derivation


def test_nothing_set_turns_nothing_on() -> None:
    given = derivation()
    assert given.choices == Choices(optional=frozenset(), early_sessions=(3, 4))
    assert therapy.site_numbers(Settings()) == {}


def test_a_sites_choices_reach_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_EARLY_RESPONSE_SESSIONS", "2,5")
    monkeypatch.setenv("ATTUNE_LOW_MOOD_FLAG", "true")
    monkeypatch.setenv("ATTUNE_SRS_BELOW_LAST", "true")
    monkeypatch.setenv("ATTUNE_SESSION_SD", '{"wai-sr": {"value": 0.35, "source": "Our clinic"}}')
    given = derivation()
    flag = "depressive-symptoms-without-reported-low-mood"
    assert given.choices == Choices(optional=frozenset({flag}), early_sessions=(2, 5))
    _, alliance = given.catalogue.scales["wai-sr"]
    assert asdict(alliance.session_sd)["value"] == 0.35
    assert alliance.session_sd.source.citation == "Our clinic"
    _, session_rating = given.catalogue.scales["srs"]
    assert session_rating.ask_drop.value == 1


def test_networks_of_issuers_are_private_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ISSUER_NETWORKS", "10.20.0.0/16, fd00:1::/64")
    known = (IPv4Network("10.20.0.0/16"), IPv6Network("fd00:1::/64"))
    assert main.outbound(Settings()).networks == known
    for wrong in (
        "0.0.0.0/0", "127.0.0.0/8", "169.254.0.0/16", "10.0.0.0/7", "::/0", "::1/128", "fe80::/10",
        "10.20.0.1/16", "10.20", "intranet", "10.20.0.0/16,",
    ):  # fmt: skip
        monkeypatch.setenv("ATTUNE_ISSUER_NETWORKS", wrong)
        with pytest.raises(ValidationError):
            Settings()


def test_origins_are_set_apart_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_CORS_ORIGINS", "https://app.example, http://localhost:3000")
    assert Settings().cors_origins == ("https://app.example", "http://localhost:3000")


def test_the_embedded_postgresql_takes_the_connections_of_every_process() -> None:
    assert main.connections(Settings()) == 60
    # 8 processes with 10 and one more each, and 49 for what runs beside them.
    assert main.connections(Settings(workers=8)) == 137
    assert main.connections(Settings(pool_size=200)) == 250
    with pytest.raises(ClusterUnusable, match="64 processes with 20 connections and one more each"):
        main.connections(Settings(workers=64, pool_size=20))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "ATTUNE_WORKERS",
            "0",
            f"{WRONG}WORKERS is wrong: Input should be greater than or equal to 1.",
        ),
        ("ATTUNE_WORKERS", "many", f"{WRONG}WORKERS is wrong: Input should be a valid {INTEGER}"),
        (
            "ATTUNE_EARLY_RESPONSE_SESSIONS",
            "4,3",
            f"{WRONG}EARLY_RESPONSE_SESSIONS is wrong: two sessions in order are needed, {FIRST}",
        ),
        (
            "ATTUNE_EARLY_RESPONSE_SESSIONS",
            "three,4",
            f"{WRONG}EARLY_RESPONSE_SESSIONS (0) is wrong: Input should be a valid {INTEGER}",
        ),
        (
            "ATTUNE_CORS_ORIGINS",
            "https://app.example, https://app.example/",
            f"{WRONG}CORS_ORIGINS (1) is wrong: 'https://app.example/' {ORIGIN}",
        ),
        (
            "ATTUNE_SESSION_SD",
            "wai-sr=0.35",
            f"{WRONG}SESSION_SD is wrong: it is not JSON.",
        ),
        (
            "ATTUNE_SESSION_SD",
            '{"wai-sr": {"value": 0, "source": "Our clinic"}}',
            f"{WRONG}SESSION_SD (wai-sr.value) is wrong: Input should be greater than 0.",
        ),
        (
            "ATTUNE_SESSION_SD",
            '{"wai": {"value": 0.4, "source": "Our clinic"}}',
            "wai: there is no scale of this id.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    sentence: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["openapi", "--check"]) == 1
    assert capsys.readouterr().err == f"python -m service: {sentence}\n"
