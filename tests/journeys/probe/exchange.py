"""What the base and the histories answer: Bundles of responses."""

from uuid import uuid4

from tests.journeys.probe.resources import batch
from tests.journeys.probe.speech import Json, Probe


def urn() -> str:
    return f"urn:uuid:{uuid4()}"


def done(probe: Probe, sent: Json) -> list[Json]:
    """The entries of the answer."""
    answer = probe.ask("POST", "", sent)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    assert (body["resourceType"], body["type"]) == ("Bundle", "transaction-response")
    assert len(body["entry"]) == len(sent["entry"])
    return list(body["entry"])


def name(told: Json) -> str:
    """`[type]/[id]` of where an entry was stored."""
    parts = str(told["response"]["location"]).split("/")
    at = parts.index("_history") if "_history" in parts else len(parts)
    return "/".join(parts[at - 2 : at])


def batched(probe: Probe, *sent: Json) -> list[Json]:
    answer = probe.ask("POST", "", batch(*sent))
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    assert (body["resourceType"], body["type"]) == ("Bundle", "batch-response")
    assert len(body["entry"]) == len(sent)
    return list(body["entry"])


def history(probe: Probe, path: str) -> Json:
    answer = probe.read(path)
    assert answer.status_code == 200, answer.text
    bundle: Json = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "history")
    return bundle
