"""Somebody whose token grants these scopes and nothing else, asking as requests and entries do."""

from urllib.parse import parse_qsl

import orjson

from service.errors import ServiceError
from service.fhir.access import Access
from service.fhir.resource import PatientKey
from service.fhir.rights import Rights
from service.fhir.scopes import scopes
from service.interactions.dispatch import answer
from service.interactions.messages import Request
from tests.door import BASE, Standing
from tests.interactions.sent import Json


class Caller:
    """Asks as a token with these scopes would."""

    def __init__(self, standing: Standing, *texts: str, in_context: str | None = None) -> None:
        self.site = standing.site
        rights = Rights(
            scopes=scopes(texts),
            patient=PatientKey(in_context) if in_context else None,
            zone=self.site.zone,
            base_url=BASE,
        )
        self.access = Access(user="tester", rights=rights)

    async def asks(
        self, method: str, address: str, body: Json | None = None, **headers: str
    ) -> tuple[int, Json]:
        """Status and answer; of a refusal the sentence."""
        path, _, query = address.partition("?")
        request = Request(
            method=method,
            path=tuple(filter(None, path.split("/"))),
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            body=orjson.dumps(body) if body is not None else None,
        )
        try:
            response = await answer(self.site, self.access, request)
        except ServiceError as error:
            return error.status, {"said": error.issues[0].message}
        return response.status, orjson.loads(response.body) if response.body else {}

    async def status(self, method: str, address: str, body: Json | None = None, **h: str) -> int:
        return (await self.asks(method, address, body, **h))[0]

    async def found(self, address: str) -> set[str]:
        """What is in a Bundle, by reference."""
        status, bundle = await self.asks("GET", address)
        assert status == 200, bundle
        named = [entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry]
        return {f"{r['resourceType']}/{r['id']}" for r in named}
