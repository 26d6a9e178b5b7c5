"""An issuer of tokens, so that asking with one can be measured beside asking without."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TENANT = "00000000-0000-0000-0000-000000000001"
"""The one that a server keeps records in that asks for no tokens."""
AUDIENCE = "https://bench.test/fhir"
LASTS_SECONDS = 24 * 3600
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
WIDE = "user/*.cruds"
GRANULAR = f"user/Patient.cruds user/Observation.cruds?category={CATEGORY}|vital-signs"


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Where its keys are, and the key that it signs with."""

    url: str
    file: Path
    """What `ATTUNE_ISSUERS` is to name."""
    key: rsa.RSAPrivateKey

    def header(self, scope: str) -> bytes:
        """The line of a request that brings a token of that scope."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "therapist",
            "iat": now,
            "exp": now + LASTS_SECONDS,
            "scope": scope,
        }
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "bench"})
        return f"Authorization: Bearer {token}\r\n".encode()


@contextmanager
def issuer(folder: Path) -> Iterator[Issuer]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    keys = json.dumps({"keys": [public | {"kid": "bench", "use": "sig", "alg": "RS256"}]}).encode()

    class Published(BaseHTTPRequestHandler):
        """Answers everything with the keys."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """What is asked is of no interest."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_address[1]}"
        file = folder / "issuers.toml"
        file.write_text(
            "[[issuer]]\n"
            f'issuer = "{url}"\n'
            f'audience = "{AUDIENCE}"\n'
            'mode = "jwks"\n'
            f'jwks_uri = "{url}/keys"\n'
            'algorithms = ["RS256"]\n'
            f'tenant = "{TENANT}"\n'
        )
        yield Issuer(url=url, file=file, key=key)
        serving.shutdown()
