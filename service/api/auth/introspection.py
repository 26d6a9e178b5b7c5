"""Asking the issuer what a token is worth. https://www.rfc-editor.org/rfc/rfc7662"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import structlog

from service.api.auth.issuers import Inquiry
from service.api.auth.signed import refused
from service.errors import Malformed, Unavailable
from service.fhir.exact_json import loads
from service.outbound.client import Outbound, OutboundError

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Introspection:
    """One issuer that is asked."""

    name: str
    """The issuer's, for the log."""
    inquiry: Inquiry
    outbound: Outbound

    async def claims(self, token: str) -> Mapping[str, Any]:
        """What the issuer says of it.

        Raises `Unauthorized` for a token that it does not stand by, `Unavailable` where it gives
        no answer that can be relied on.
        """
        said = await self._said(token)
        if not said["active"]:
            raise refused("is not one that its issuer stands by")
        if "sub" not in said and "client_id" in said:
            # A program that asks on its own behalf: RFC 9068 says so in `sub`, RFC 7662 need not.
            return {**said, "sub": said["client_id"]}
        return said

    async def _said(self, token: str) -> Mapping[str, Any]:
        """An object with an `active` that is true or false."""
        try:
            answer = await self.outbound.exchange(
                "POST",
                self.inquiry.uri,
                headers={
                    "Accept": "application/json",
                    "Authorization": f"Basic {self._credentials()}",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                content=urlencode({"token": token, "token_type_hint": "access_token"}).encode(),
            )
        except OutboundError as error:
            raise self._unavailable(str(error)) from error
        if answer.status != 200:
            raise self._unavailable(f"status {answer.status}")
        try:
            said = loads(answer.body)
        except Malformed:
            said = None
        if not isinstance(said, Mapping) or not isinstance(said.get("active"), bool):
            raise self._unavailable("no answer in the form of RFC 7662")
        return said

    def _credentials(self) -> str:
        """https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1"""
        pair = f"{quote_plus(self.inquiry.client_id)}:{quote_plus(self.inquiry.client_secret)}"
        return b64encode(pair.encode()).decode("ascii")

    def _unavailable(self, reason: str) -> Unavailable:
        log.warning("token.not_introspected", issuer=self.name, reason=reason)
        return Unavailable("The issuer of the access token cannot be asked; try again.")
