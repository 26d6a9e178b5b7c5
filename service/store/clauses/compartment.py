"""A compartment as the rows of one table: every index that leads from its owner to what is linked.

https://hl7.org/fhir/R4/compartmentdefinition.html
"""

from collections.abc import Iterator

from service.fhir.search.query import Compartment, Query
from service.store.clauses.conditions import condition
from service.store.clauses.probe import TENANT, TYPE, Arguments, Either, Probe, Rank

PATIENT = "Patient"


def linked(query: Query, compartment: Compartment, arguments: Arguments) -> Probe:
    """The resources of the query's type that any of the links leads to."""
    rows = " UNION ALL ".join(
        f"SELECT x.tenant_id, x.row_id FROM {probe.table} x"
        f" WHERE x.tenant_id = {TENANT}{_of_type(probe)} AND {probe.on('x')}"
        for probe in _probes(query, compartment, arguments)
    )
    of_patient = compartment.owner.type == PATIENT
    rank = Rank.PATIENT if of_patient else Rank.NAME
    return Probe(table=f"({rows})", condition="true", rank=rank, narrow=of_patient)


def _probes(query: Query, compartment: Compartment, arguments: Arguments) -> Iterator[Probe]:
    for clause in compartment.links:
        found = condition(query, clause, arguments)
        yield from found.probes if isinstance(found, Either) else (found,)


def _of_type(probe: Probe) -> str:
    return f" AND x.type_key = {TYPE} AND x.body IS NOT NULL" if probe.table == "resource" else ""
