"""The status of Observations, which nearly all say is `final`: an index leads to the others."""

from service.fhir.search.query import Clause, Coded, Modifier
from service.store.clauses.probe import Arguments, Lanes, Probe, Rank, either, one_of
from service.store.hashing import hash64

FINAL = hash64("final")
RARE = Lanes(column="status", there=f"c.lead AND c.status <> {FINAL}", leading=True)
ITSELF = "@.component = 0"


def _one_status(hashes: list[int], arguments: Arguments) -> str:
    """Where none of them is `final`, so that the planner can see that an index holds them all."""
    found = one_of("@.status", hashes, arguments)
    return found if FINAL in hashes else f"{found} AND @.status <> {FINAL}"


def probe(clause: Clause, arguments: Arguments) -> Probe:
    """A status is a plain code: in no system but its own."""
    hashes = [
        hash64(value.code)
        for value in clause.values
        if isinstance(value, Coded) and value.code and not value.system
    ]
    if clause.modifier is Modifier.NOT and len(hashes) == len(clause.values):
        return _no_status(hashes, arguments)
    parts = [_one_status(hashes, arguments)] if hashes else []
    rare = bool(hashes) and FINAL not in hashes
    if any(isinstance(v, Coded) and v.code is None and not v.system for v in clause.values):
        parts.append(f"@.status <> {arguments.add(hash64(''))}")
        rare = False
    return Probe(
        table="coded_value",
        condition=f"({either(parts)})",
        rank=Rank.STATUS if rare else Rank.NEVER,
        negated=clause.modifier is Modifier.NOT,
        place=ITSELF,
        columns=frozenset({"status"}),
        lanes=RARE if rare else None,
    )


def _no_status(hashes: list[int], arguments: Arguments) -> Probe:
    """None of these. An Observation has one status, so that any row of it can say so."""
    others = [hash_ for hash_ in hashes if hash_ != FINAL]
    parts = [f"@.status <> ALL({arguments.add(others)}::bigint[])"] if others else []
    if rare := len(others) < len(hashes):
        parts.append(f"@.status <> {FINAL}")
    return Probe(
        table="coded_value",
        condition=" AND ".join(parts),
        rank=Rank.REST if rare else Rank.NEVER,
        place=ITSELF,
        columns=frozenset({"status"}),
        lanes=RARE if rare else None,
    )
