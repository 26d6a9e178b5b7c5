"""Whether servers hold and answer the same: without it no ratio between them means anything."""

from collections.abc import Sequence
from random import Random
from typing import Any

from bench import asking, population
from bench.server import NotMeasurable, Server
from bench.traffic import search_target

SENT = "vital-signs"
"""The category of every Observation of the wards."""
SEARCHES = 40
READS = 20


def compared(servers: Sequence[Server], patients: int) -> int:
    """How many Observations each of them holds.

    Raises `NotMeasurable` unless they all hold as many as were sent, give the same ids in the same
    order for sampled searches and the same value for sampled reads.
    """
    expected = patients * population.PER_PATIENT
    for server in servers:
        held = observations(server)
        if held != expected:
            raise NotMeasurable(
                f"{server.name} holds {held} Observations of category {SENT}, not {expected}:"
                " nothing else may be in a server that is measured."
            )
    random = Random(4)  # noqa: S311  (not a secret)
    targets = [search_target(random, patients) for _ in range(SEARCHES)]
    for _ in range(READS):
        place = random.randrange(population.PER_PATIENT)
        one = population.vital_id(random.randrange(patients), place)
        targets.append(f"/fhir/Observation/{one}")
    for target in targets:
        answers = {server.name: _essence(asking.answer(server, target)) for server in servers}
        if len(set(answers.values())) != 1:
            raise NotMeasurable(f"The servers differ at {target}: {answers}")
    return expected


def observations(server: Server) -> int:
    """How many Observations of the wards it holds now: those that were sent, since what a server
    derives of its own is none of the others'."""
    return asking.count(server, f"/fhir/Observation?category={SENT}")


def _essence(answer: dict[str, Any]) -> tuple[Any, ...]:
    """The ids of a Bundle's resources in their order, or id, time and value of an Observation."""
    if answer["resourceType"] == "Bundle":
        found = tuple(entry["resource"]["id"] for entry in answer["entry"])
        return (answer["total"], *found)
    return answer["id"], answer["effectiveDateTime"], answer["valueQuantity"]["value"]
