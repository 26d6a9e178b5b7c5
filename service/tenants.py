"""What single tenants of a site decide otherwise: a TOML file, one table `[[tenant]]` each."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from service.clinical.definitions import Refused
from service.settings import Settings

OWN = (
    "audit_retention_days",
    "course_gap_days",
    "curves_dir",
    "early_response_sessions",
    "low_mood_flag",
    "reference_integrity",
    "safety_contact_days",
    "session_sd",
    "srs_ask",
    "srs_below_last",
    "zone",
)
"""Settings that a tenant may have of its own; the others are the deployment's."""


def decided(settings: Settings, served: Collection[UUID]) -> Mapping[UUID, Settings]:
    """The settings of those tenants that have some of their own.

    `served` are all tenants that there are. Raises `Refused`, which names the file and the field.
    """
    path = settings.tenants
    if path is None:
        return {}
    found = dict[UUID, Settings]()
    for place, table in enumerate(_tables(path), 1):
        tenant, own = _tenant(path, place, table)
        if tenant in found:
            raise Refused(f"{path}: the tenant {tenant} has two tables.")
        if tenant not in served:
            raise Refused(f"{path}: no issuer names the tenant {tenant}.")
        found[tenant] = _with(settings, own, f"{path}: tenant {tenant}")
    return found


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"ATTUNE_TENANTS: {path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"{path}: is not TOML: {error}.") from None
    tables = document.pop("tenant", None)
    if document or not isinstance(tables, list):
        raise Refused(f"{path}: holds nothing but tables [[tenant]], one at the least.")
    return tables


def _tenant(path: Path, place: int, table: dict[str, Any]) -> tuple[UUID, dict[str, Any]]:
    """Its id, and what it decides."""
    own = dict(table)
    try:
        tenant = UUID(own.pop("id"))
    except (KeyError, ValueError, AttributeError, TypeError):
        raise Refused(f"{path}: table {place} needs 'id', the tenant's UUID.") from None
    for name in own:
        if name not in OWN:
            raise Refused(
                f"{path}: tenant {tenant}: '{name}' is no setting of a tenant's own; those are"
                f" {', '.join(OWN)}."
            )
    return tenant, own


def _with(settings: Settings, own: dict[str, Any], where: str) -> Settings:
    try:
        return Settings(**{**settings.model_dump(), **own})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        rule = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise Refused(f"{where}: {field}: {rule}.") from None
