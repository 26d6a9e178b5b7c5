"""Every setting, read once from the environment: `ATTUNE_` and the field's name in capitals."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is not a time zone name such as Europe/Vienna.")
    return name


class Settings(BaseSettings):
    """What a site decides; the README lists every one."""

    model_config = SettingsConfigDict(env_prefix="ATTUNE_", env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    """Address to listen on. Without configured issuers only a loopback address is accepted."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    data_dir: Path = Path(".attune")
    """Folder of the embedded PostgreSQL."""
    database_url: str | None = None
    """A PostgreSQL server elsewhere (`postgresql://...`); unset: the embedded one."""
    public_url: str | None = None
    """Base URL that clients see, such as `https://clinic.example/fhir`; unset: the address
    listened on. Every link is made from it, never from a request's headers."""
    issuers: Path | None = None
    """TOML file of the issuers whose tokens are believed; unset: nobody is asked who they are."""
    allow_loopback_outbound: bool = False
    """For development: issuers and receivers on this machine may be called, also by http."""
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """Time zone of the site: calendar days, and dates without an offset, are read in it."""
    pool_size: int = Field(default=10, ge=1, le=200)
    """Connections to the database at the most."""
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
    reference_integrity: bool = True
    """Refuse references to resources of this server that do not exist."""
    course_gap_days: int = Field(default=180, ge=1)
    """Without an EpisodeOfCare, sessions further apart than this belong to different courses."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
