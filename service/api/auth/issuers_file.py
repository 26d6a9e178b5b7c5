"""The file that says whose tokens are believed: TOML, one table `[[issuer]]` each."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from service.api.auth.issuers import (
    ALGORITHMS,
    CAPABILITIES,
    ENDPOINTS,
    Inquiry,
    Issuer,
    PublishedKeys,
)
from service.fhir.rights import HIDING
from service.outbound.client import NotAllowed, Outbound

BY_MODE = {
    "jwks": frozenset({"jwks_uri", "algorithms"}),
    "introspection": frozenset({"introspection_uri", "client_id", "client_secret_file"}),
}
"""Fields that belong to one mode only."""


class IssuersUnusable(Exception):
    """The file cannot be used; the message names the file and the field in one sentence."""


def _called(uri: str, given: ValidationInfo) -> str:
    assert given.context is not None
    try:
        given.context.examined(uri)
    except NotAllowed as error:
        raise ValueError(str(error)) from None
    return uri


def _hiding(label: str) -> str:
    if label not in HIDING:
        raise ValueError(f"The labels that hide a resource are {', '.join(sorted(HIDING))}.")
    return label


Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Uri = Annotated[str, AfterValidator(_called)]
Tenant = Annotated[UUID, Strict(strict=False)]


class _Table(BaseModel):
    """The fields of one table."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    issuer: Uri
    audience: Text
    mode: Literal["jwks", "introspection"]
    name: Text | None = None
    jwks_uri: Uri | None = None
    algorithms: Annotated[list[Literal[ALGORITHMS]], Field(min_length=1)] | None = None  # type: ignore[valid-type]
    introspection_uri: Uri | None = None
    client_id: Text | None = None
    client_secret_file: Text | None = None
    tenant: Tenant | None = None
    tenant_claim: Text | None = None
    tenants: Annotated[list[Tenant], Field(min_length=1)] | None = None
    clock_skew_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    may_read_labels: list[Annotated[str, AfterValidator(_hiding)]] = []
    capabilities: list[Text] = list(CAPABILITIES)
    grant_types: list[Text] = []
    authorization_endpoint: Uri | None = None
    token_endpoint: Uri | None = None
    registration_endpoint: Uri | None = None
    management_endpoint: Uri | None = None
    introspection_endpoint: Uri | None = None
    revocation_endpoint: Uri | None = None

    @model_validator(mode="after")
    def _of_its_mode(self) -> Self:
        for mode, fields in BY_MODE.items():
            for name in sorted(fields):
                said = getattr(self, name) is not None
                if said and mode != self.mode:
                    raise ValueError(f"'{name}' is of the mode {mode}, not of {self.mode}.")
                if not said and mode == self.mode:
                    raise ValueError(f"'{name}' is missing, which the mode {mode} needs.")
        return self

    @model_validator(mode="after")
    def _of_known_tenants(self) -> Self:
        if (self.tenant is None) == (self.tenant_claim is None):
            raise ValueError("one of 'tenant' and 'tenant_claim' is needed, and not both.")
        if (self.tenants is None) != (self.tenant_claim is None):
            raise ValueError("'tenants' and 'tenant_claim' go together: no others are let in.")
        return self


@dataclass(frozen=True, kw_only=True)
class IssuersFile:
    """Where the file is, and which addresses it may name."""

    path: Path
    outbound: Outbound

    def read(self) -> tuple[Issuer, ...]:
        """Raises `IssuersUnusable`."""
        tables = self._tables()
        issuers = tuple(self._issuer(n, table) for n, table in enumerate(tables, start=1))
        for identifier, times in Counter(issuer.issuer for issuer in issuers).items():
            if times > 1:
                raise self._unusable(f"the issuer {identifier} stands there twice.")
        if sum(isinstance(issuer.proof, Inquiry) for issuer in issuers) > 1:
            raise self._unusable(
                "only one issuer may be of the mode introspection: a token that says nothing of "
                "where it comes from must not be shown to several."
            )
        return issuers

    def _tables(self) -> Sequence[Any]:
        try:
            content = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._unusable(f"it cannot be read ({error.strerror}).") from None
        except ValueError as error:
            raise self._unusable(f"it is no TOML ({str(error).rstrip('.')}).") from None
        tables = content.pop("issuer", None)
        if content:
            raise self._unusable(f"'{next(iter(content))}' is not known; only [[issuer]] is.")
        if not isinstance(tables, list) or not tables:
            raise self._unusable("it holds no table [[issuer]].")
        return tables

    def _issuer(self, number: int, table: Any) -> Issuer:
        try:
            said = _Table.model_validate(table, context=self.outbound)
        except ValidationError as error:
            raise self._unusable(f"issuer {number}: {_sentence(error)}") from None
        return Issuer(
            name=said.name or said.issuer,
            issuer=said.issuer,
            audience=said.audience,
            proof=self._proof(number, said),
            tenants=tuple(said.tenants or ()) if said.tenant is None else (said.tenant,),
            tenant_claim=said.tenant_claim,
            clock_skew_seconds=said.clock_skew_seconds,
            may_read_labels=frozenset(said.may_read_labels),
            endpoints={name: uri for name in ENDPOINTS if (uri := getattr(said, name)) is not None},
            capabilities=tuple(said.capabilities),
            grant_types=tuple(said.grant_types),
        )

    def _proof(self, number: int, said: _Table) -> PublishedKeys | Inquiry:
        if said.mode == "jwks":
            assert said.jwks_uri is not None
            assert said.algorithms is not None
            return PublishedKeys(uri=said.jwks_uri, algorithms=frozenset(said.algorithms))
        assert said.introspection_uri is not None
        assert said.client_id is not None
        assert said.client_secret_file is not None
        return Inquiry(
            uri=said.introspection_uri,
            client_id=said.client_id,
            client_secret=self._secret(number, said.client_secret_file),
        )

    def _secret(self, number: int, name: str) -> str:
        """A path that is not absolute starts at the folder of the issuers' file."""
        try:
            secret = (self.path.parent / name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            secret = ""
        if not secret:
            raise self._unusable(f"issuer {number}: 'client_secret_file' names no readable secret.")
        return secret

    def _unusable(self, why: str) -> IssuersUnusable:
        return IssuersUnusable(f"{self.path} (ATTUNE_ISSUERS) cannot be used: {why}")


def _sentence(error: ValidationError) -> str:
    """The first fault, with its field; what the file says is not repeated: it may hold secrets."""
    first = error.errors(include_input=False, include_url=False)[0]
    why = first["msg"].removeprefix("Value error, ").rstrip(".")
    place = ".".join(str(part) for part in first["loc"])
    return f"'{place}': {why}." if place else f"{why}."
