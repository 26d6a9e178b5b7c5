"""The file of issuers: what it may say, and the one sentence that a mistake in it ends in."""

from pathlib import Path
from uuid import UUID

import pytest

from service.api.auth.issuers import Inquiry, PublishedKeys, tenants_of
from service.api.auth.issuers_file import IssuersFile, IssuersUnusable
from service.outbound.client import Outbound

TENANT = "3f1f0b1e-7c1d-4f0e-9a55-0d5b6a1c2e01"
OTHER = "3f1f0b1e-7c1d-4f0e-9a55-0d5b6a1c2e02"
KEYS = """
[[issuer]]
issuer = "https://issuer.example/realm"
audience = "https://clinic.example/fhir"
mode = "jwks"
jwks_uri = "https://issuer.example/realm/keys"
algorithms = ["RS256", "ES384"]
"""
GOOD = f'{KEYS}tenant = "{TENANT}"\n'
ASKED = f"""
[[issuer]]
issuer = "https://other.example"
audience = "attune"
mode = "introspection"
introspection_uri = "https://other.example:8443/introspect"
client_id = "attune"
client_secret_file = "secret"
tenant_claim = "clinic"
tenants = ["{TENANT}", "{OTHER}"]
"""


def read(folder: Path, text: str, *, allow_loopback: bool = False) -> tuple:
    path = folder / "issuers.toml"
    path.write_text(text)
    (folder / "secret").write_text("s3cret\n")
    return IssuersFile(path=path, outbound=Outbound(allow_loopback=allow_loopback)).read()


def test_what_is_not_said_has_a_safe_meaning(tmp_path: Path) -> None:
    (one,) = read(tmp_path, GOOD)
    assert one.name == one.issuer == "https://issuer.example/realm"
    assert one.audience == "https://clinic.example/fhir"
    assert one.proof == PublishedKeys(
        uri="https://issuer.example/realm/keys", algorithms=frozenset({"RS256", "ES384"})
    )
    assert (one.tenants, one.tenant_claim) == ((UUID(TENANT),), None)
    assert one.clock_skew_seconds == 60
    assert one.may_read_labels == frozenset()
    assert one.endpoints == {}


def test_everything_can_be_said(tmp_path: Path) -> None:
    more = """
name = "realm"
clock_skew_seconds = 5
may_read_labels = ["R", "PSYTHPN"]
authorization_endpoint = "https://issuer.example/authorize"
token_endpoint = "https://issuer.example/token"
grant_types = ["client_credentials"]
capabilities = ["permission-v2"]
"""
    one, two = read(tmp_path, GOOD + more + ASKED)
    assert one.name == "realm"
    assert one.clock_skew_seconds == 5
    assert one.may_read_labels == {"R", "PSYTHPN"}
    assert one.endpoints == {
        "authorization_endpoint": "https://issuer.example/authorize",
        "token_endpoint": "https://issuer.example/token",
    }
    assert (one.grant_types, one.capabilities) == (("client_credentials",), ("permission-v2",))
    assert two.proof == Inquiry(
        uri="https://other.example:8443/introspect",
        client_id="attune",
        client_secret="s3cret",  # noqa: S106
    )
    assert "s3cret" not in repr(two)
    assert two.tenant_claim == "clinic"
    assert tenants_of((one, two)) == (UUID(TENANT), UUID(OTHER))


def test_a_machine_of_ones_own_may_be_named_where_the_site_allows_it(tmp_path: Path) -> None:
    near = GOOD.replace("https://issuer.example/realm/keys", "http://127.0.0.1:8080/keys")
    with pytest.raises(IssuersUnusable, match="'jwks_uri'"):
        read(tmp_path, near)
    (one,) = read(tmp_path, near, allow_loopback=True)
    assert one.proof.uri == "http://127.0.0.1:8080/keys"


FAULTS = {
    "": "it holds no table [[issuer]].",
    "issuer = 7": "it holds no table [[issuer]].",
    "issuer = []": "it holds no table [[issuer]].",
    "issuer = [7]": "issuer 1",
    "[[issuer]": "it is no TOML",
    "a = 1\na = 2": "it is no TOML",
    f"version = 1\n{GOOD}": "'version' is not known; only [[issuer]] is.",
    f"{GOOD}audiences = 'x'": "issuer 1: 'audiences'",
    f"{GOOD}clock_skew_seconds = '60'": "issuer 1: 'clock_skew_seconds'",
    f"{GOOD}clock_skew_seconds = true": "issuer 1: 'clock_skew_seconds'",
    f"{GOOD}clock_skew_seconds = -1": "issuer 1: 'clock_skew_seconds'",
    f"{GOOD}clock_skew_seconds = 301": "issuer 1: 'clock_skew_seconds'",
    f"{GOOD}may_read_labels = 'V'": "issuer 1: 'may_read_labels'",
    f"{GOOD}may_read_labels = ['N']": "issuer 1: 'may_read_labels.0'",
    f"{GOOD}name = ''": "issuer 1: 'name'",
    f"{GOOD}token_endpoint = 'http://issuer.example/token'": "issuer 1: 'token_endpoint'",
    f"{GOOD}token_endpoint = 'https://10.0.0.1/token'": "issuer 1: 'token_endpoint'",
    f"{GOOD}introspection_uri = 'https://issuer.example/'": "'introspection_uri' is of the mode",
    f"{GOOD}client_id = 'x'": "'client_id' is of the mode introspection, not of jwks.",
    f"{GOOD}tenant_claim = 'clinic'": "one of 'tenant' and 'tenant_claim' is needed, and not both.",
    f"{GOOD}tenants = ['{OTHER}']": "'tenants' and 'tenant_claim' go together",
    f"{GOOD}{GOOD}": "the issuer https://issuer.example/realm stands there twice.",
    KEYS: "one of 'tenant' and 'tenant_claim' is needed, and not both.",
    f"{KEYS}tenant = 'clinic'": "issuer 1: 'tenant'",
    f"{KEYS}tenant = 7": "issuer 1: 'tenant'",
    f"{KEYS}tenant_claim = 'clinic'": "'tenants' and 'tenant_claim' go together",
    f"{KEYS}tenant_claim = 'clinic'\ntenants = []": "issuer 1: 'tenants'",
    f"{KEYS}tenant_claim = 'clinic'\ntenants = 'any'": "issuer 1: 'tenants'",
    GOOD.replace("RS256", "HS256"): "issuer 1: 'algorithms.0'",
    GOOD.replace("RS256", "none"): "issuer 1: 'algorithms.0'",
    GOOD.replace("RS256", "PS256"): "issuer 1: 'algorithms.0'",
    GOOD.replace('["RS256", "ES384"]', '"RS256"'): "issuer 1: 'algorithms'",
    GOOD.replace('["RS256", "ES384"]', "[]"): "issuer 1: 'algorithms'",
    GOOD.replace('mode = "jwks"', 'mode = "oidc"'): "issuer 1: 'mode'",
    GOOD.replace('mode = "jwks"', ""): "issuer 1: 'mode'",
    GOOD.replace("audience", "#"): "issuer 1: 'audience'",
    GOOD.replace("algorithms", "#"): "'algorithms' is missing, which the mode jwks needs.",
    GOOD.replace("jwks_uri", "#"): "'jwks_uri' is missing, which the mode jwks needs.",
    GOOD.replace("issuer = ", "#"): "issuer 1: 'issuer'",
    GOOD.replace("https://issuer.example/realm/keys", "http://issuer.example/keys"): "'jwks_uri'",
    GOOD.replace("https://issuer.example/realm/keys", "https://169.254.169.254/"): "'jwks_uri'",
    GOOD.replace("https://issuer.example/realm/keys", "https://a@b.example/"): "'jwks_uri'",
    GOOD.replace("https://issuer.example/realm/keys", "file:///etc/passwd"): "'jwks_uri'",
    GOOD.replace('issuer = "https', 'issuer = "http'): "issuer 1: 'issuer'",
    ASKED.replace("client_id", "#"): "'client_id' is missing, which the mode introspection needs.",
    ASKED.replace('"secret"', '"nowhere"'): "'client_secret_file' names no readable secret.",
    f"{GOOD}{ASKED}x = 1": "issuer 2: 'x'",
    ASKED + ASKED.replace("other.example", "third.example"): "only one issuer may be of the mode",
}


@pytest.mark.parametrize(("text", "why"), FAULTS.items(), ids=range(len(FAULTS)))
def test_a_mistake_is_one_sentence_that_names_file_and_field(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(IssuersUnusable) as raised:
        read(tmp_path, text)
    sentence = str(raised.value)
    assert sentence.startswith(f"{tmp_path}/issuers.toml (ATTUNE_ISSUERS) cannot be used: ")
    assert why in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "s3cret" not in sentence


def test_a_file_that_is_not_there_or_empty_of_a_secret_is_said(tmp_path: Path) -> None:
    gone = IssuersFile(path=tmp_path / "gone.toml", outbound=Outbound())
    with pytest.raises(IssuersUnusable, match=r"it cannot be read \(No such file or directory\)"):
        gone.read()
    path = tmp_path / "issuers.toml"
    path.write_text(ASKED)
    (tmp_path / "secret").write_text(" \n")
    with pytest.raises(IssuersUnusable, match="client_secret_file"):
        IssuersFile(path=path, outbound=Outbound()).read()
