"""Any FHIR server of which no more is known than its address."""

from urllib.parse import urlsplit

from bench import asking, loading
from bench.connection import Address
from bench.population import Json
from bench.server import NotMeasurable, Server

PORTS = {"http": 80, "https": 443}


def named(url: str, *, headers: list[str], pid: int | None) -> Server:
    """The server at a FHIR base, under the name and version that its `metadata` gives.

    Raises `NotMeasurable` where no FHIR R4 server answers there.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotMeasurable(f"'{url}' is no address such as http://127.0.0.1:8080/fhir.")
    lines = "".join(f"{header}\r\n" for header in headers)
    server = Server(
        name=url,
        address=Address(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            tls=parts.scheme == "https",
        ),
        base=parts.path.rstrip("/"),
        pid=pid,
        headers=lines.encode(),
    )
    said = asking.answer(server, "/fhir/metadata")
    version = said.get("fhirVersion", "none")
    if said.get("resourceType") != "CapabilityStatement" or not version.startswith("4.0"):
        raise NotMeasurable(f"{url} is no FHIR R4 server: it states FHIR version {version}.")
    software = said.get("software", {})
    name = " ".join(filter(None, (software.get("name", "unnamed server"), software.get("version"))))
    return Server(**(vars(server) | {"name": f"{name}, FHIR {version}"}))


def fill(server: Server, people: list[Json], measured: list[Json]) -> float:
    """By transactions or, where the server takes none, by batches; observations per second."""
    try:
        kind = "transaction"
        loading.send(server, people, at_once=1, kind=kind)
    except NotMeasurable as refused:
        print(f"  {refused}\n  Batches are tried instead.", flush=True)
        kind = "batch"
        loading.send(server, people, at_once=1, kind=kind)
    return loading.send(server, measured, kind=kind)
