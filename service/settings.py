"""Every setting, read once from the environment: `ATTUNE_` and the field's name in capitals."""

import json
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.clinical.site_options import SrsAsk
from service.outbound.addresses import Network, is_private


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is not a time zone name such as Europe/Vienna.")
    return name


def _json(given: object) -> object:
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise ValueError("it is not JSON.") from None


def _listed(given: object) -> object:
    return [each.strip() for each in given.split(",")] if isinstance(given, str) else given


def _private(network: Network) -> Network:
    if not is_private(network):
        raise ValueError(f"{network} is no part of a private network such as 10.0.0.0/8.")
    return network


def _origin(text: str) -> str:
    if not re.fullmatch(r"\*|https?://[^/?#@\s*]+", text):
        raise ValueError(f"'{text}' is no origin such as https://app.example, and not *.")
    return text


def _in_order(sessions: tuple[int, int]) -> tuple[int, int]:
    if not 2 <= sessions[0] < sessions[1]:
        raise ValueError("two sessions in order are needed, the first from 2 on, such as 3,4.")
    return sessions


class MeasuredSd(BaseModel, frozen=True):
    """A number that a site measured or read."""

    value: float = Field(gt=0, allow_inf_nan=False)
    source: str = Field(min_length=1)


class Settings(BaseSettings):
    """What a site decides; the README lists every one."""

    model_config = SettingsConfigDict(env_prefix="ATTUNE_", env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    """Address to listen on. Without configured issuers only a loopback address is accepted."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer. A Python process uses one core; with more than one another process
    starts them and holds the embedded PostgreSQL."""
    data_dir: Path = Path(".attune")
    """Folder of the embedded PostgreSQL."""
    database_url: str | None = None
    """A PostgreSQL server elsewhere (`postgresql://...`); unset: the embedded one."""
    migration_url: str | None = None
    """The same server for the role that owns the tables; the role of `database_url` then owns
    nothing. Unset: the role of `database_url` owns them."""
    public_url: str | None = None
    """Base URL that clients see, such as `https://clinic.example/fhir`; unset: the address
    listened on. Every link is made from it, never from a request's headers."""
    issuers: Path | None = None
    """TOML file of the issuers whose tokens are believed; unset: nobody is asked who they are."""
    tenants: Path | None = None
    """TOML file of what single tenants decide otherwise than this site; unset: nothing."""
    allow_loopback_outbound: bool = False
    """For development: issuers and receivers on this machine may be called, also by http."""
    issuer_networks: Annotated[
        tuple[Annotated[IPv4Network | IPv6Network, AfterValidator(_private)], ...],
        NoDecode,
        BeforeValidator(_listed),
    ] = ()
    """Private networks in which issuers may stand, such as `10.20.0.0/16`, set apart by commas;
    unset: issuers are called on the public internet only."""
    cors_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)
    ] = ()
    """Origins of web applications whose scripts may call this server, `https://app.example` or `*`,
    set apart by commas; unset: none."""
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """Time zone of the site: calendar days, and dates without an offset, are read in it."""
    pool_size: int = Field(default=10, ge=1, le=200)
    """Connections to the database at the most, for each process that answers, besides one that
    writes down who read what."""
    statement_timeout_seconds: float = Field(default=5.0, gt=0)
    """A statement that takes longer is cancelled and answered with 503."""
    prepared_statements: bool = True
    """Off behind a transaction pooler that does not keep them."""
    body_limit_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)
    """Largest request body; a larger one is answered with 413."""
    bundle_limit_entries: int = Field(default=1000, ge=1)
    """Most entries of a transaction or batch; more are answered with 413."""
    load_limit_entries: int = Field(default=5000, ge=1)
    """The same under `Prefer: handling=lenient`, which loaders of whole histories ask for."""
    audit_retention_days: int | None = Field(default=None, ge=1)
    """Days after which rows of the audit may go; unset: they are kept for good."""
    requests_per_second: float = Field(default=100.0, gt=0)
    """Requests that one client of configured issuers may make, on the average; more are 429."""
    requests_at_once: int = Field(default=500, ge=1)
    """As many of them may come at once after a while of silence."""
    reference_integrity: bool = True
    """Refuse references to resources of this server that do not exist."""
    course_gap_days: int = Field(default=180, ge=1)
    """Without an EpisodeOfCare, sessions further apart than this belong to different courses."""
    instruments_dir: Path | None = None
    """Folder of the site's own instruments, one TOML file each; unset: none."""
    safety_contact_days: int | None = Field(default=None, ge=1, le=365)
    """How long a conversation that is due at the next contact may wait; unset: the same day."""
    srs_ask: SrsAsk = "below"
    """Whether an SRS total `below` 36 is labelled as worth asking about, or `at-or-below`."""
    early_response_sessions: Annotated[
        tuple[int, int], NoDecode, BeforeValidator(_listed), AfterValidator(_in_order)
    ] = (3, 4)
    """The two sessions in which early-response looks for a change: `3,4`."""
    low_mood_flag: bool = False
    """Derive the experimental depressive-symptoms-without-reported-low-mood."""
    srs_below_last: bool = False
    """Label SRS totals that stand a point or more below that of the last session."""
    session_sd: Annotated[Mapping[str, MeasuredSd], NoDecode, BeforeValidator(_json)] = {}
    """Session-to-session SD of alliance scales by the scale's id, each with its source, as JSON:
    `{"wai-sr": {"value": 0.35, "source": "..."}}`."""
    curves_dir: Path | None = None
    """Folder of TOML files with curves of expected scores; unset: only those of `calibrate`."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
