"""What a caller sees of a type, as SQL: beside what is asked for, and never instead of it."""

from collections.abc import Sequence

from service.fhir.search.parameters import TABLE
from service.fhir.search.query import EVERYTHING, Clause, Naming, Query, View
from service.store.clauses.coded import KIND
from service.store.clauses.conditions import conditions
from service.store.clauses.probe import TYPE, Arguments, Condition, Probe, Rank, either, exists

NOTHING = Probe(table="resource", condition="false", rank=Rank.IDENTITY)


def narrowing(query: Query, arguments: Arguments) -> tuple[Condition, ...]:
    """What holds for everything that the caller sees, where one condition or several say it all:
    the search may start from them like from any other."""
    sight = query.sight
    if sight is EVERYTHING:
        return ()
    if sight.blind:
        return (NOTHING,)
    found = list[Condition]()
    if sight.hidden:
        codes = f"@.code = ANY({arguments.add(sorted(sight.hidden))}::text[])"
        found.append(Probe(table="label", condition=codes, negated=True))
    if len(sight.views) == 1:
        found += _of_view(query, sight.views[0], arguments)
    return tuple(found)


def choosing(
    query: Query, row: str, arguments: Arguments, *, kind: str = TYPE, end: str = ""
) -> tuple[str, ...]:
    """SQL for "any of several views shows the resource of row id `row`"; `kind` and `end` as in
    `exists`."""
    if len(query.sight.views) < 2:
        return ()
    views = [
        " AND ".join(exists(c, row, kind, end) for c in _of_view(query, view, arguments))
        for view in query.sight.views
    ]
    return (f"({either(views)})",)


def seen(
    query: Query, row: str, arguments: Arguments, *, kind: str = TYPE, end: str = ""
) -> list[str]:
    """SQL for "the caller sees the resource of row id `row`", all of it."""
    return [
        *(exists(c, row, kind, end) for c in narrowing(query, arguments)),
        *choosing(query, row, arguments, kind=kind, end=end),
    ]


def _of_view(query: Query, view: View, arguments: Arguments) -> list[Condition]:
    found = _made(query, view.clauses, arguments)
    if view.patient is None:
        return found
    if query.type == KIND and "|" not in view.patient and ":" not in view.patient:
        # The index of coded values leads from a patient to codes and dates.
        named = Naming(references=(f"Patient/{view.patient}",))
        mine = Clause(parameter=TABLE[KIND]["patient"], values=(named,))
        return [*found, *_made(query, (mine,), arguments)]
    owned = f"@.patient = {arguments.add(view.patient)}"
    return [*found, Probe(table="resource", condition=owned, rank=Rank.PATIENT, narrow=True)]


def _made(query: Query, clauses: Sequence[Clause], arguments: Arguments) -> list[Condition]:
    return [found for clause in clauses for found in conditions(query, clause, arguments)]
