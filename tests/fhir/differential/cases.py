"""Which resource is mutated, where and how: the same for a seed and number on every machine."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.fhir.exact_json import dumps
from tests.fhir.differential import elements, resources, values
from tests.fhir.differential.elements import Mutation
from tests.fhir.differential.places import Path, by_type, replaced, value_at

KINDS: Mapping[str, Mutation] = {
    each.__name__: each
    for each in (
        elements.remove,
        elements.remove_required,
        elements.add,
        elements.regrow,
        elements.add_unknown,
        elements.rename,
        elements.empty,
        elements.null,
        elements.other_kind,
        elements.rewrap,
        elements.repeat,
        elements.choose_twice,
        elements.choose_other,
        elements.swap,
        values.good,
        values.bad,
        values.misfit_text,
        values.other_code,
        values.beside,
        values.beside_badly,
        values.number,
        values.surrogate,
        values.twice,
        resources.extend,
        resources.extend_badly,
        resources.refer,
        resources.narrate,
        resources.contain,
        resources.retype,
    )
}
"""Every mutation by its name."""
CERTAIN = frozenset({"remove_required", "add_unknown", "empty", "null", "bad", "twice"})
"""Those that break R4 whatever they meet."""
TRIES = 30
RAW = re.compile(rb'"\xee\x80\x80((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mutated example."""

    number: int
    kind: str
    example: str
    path: Path
    """Of the object that was changed."""
    body: bytes

    def __str__(self) -> str:
        path = ".".join(map(str, self.path)) or "the resource"
        return f"no. {self.number}: {self.kind} at {path} of {self.example}"


def case(seed: int, number: int) -> Case:
    """Types take turns, and at each turn of all of them the kinds do."""
    types, kinds = list(by_type()), list(KINDS)
    turn, place = divmod(number, len(types))
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 no secret
    for offset in range(len(kinds)):
        kind = kinds[(turn + offset) % len(kinds)]
        for _ in range(TRIES):
            found = _drawn(types[place], kind, number, chance)
            if found is not None:
                return found
    raise AssertionError(f"Nothing can be mutated in {types[place]}.")


def _drawn(type_name: str, kind: str, number: int, chance: random.Random) -> Case | None:
    example = chance.choice(by_type()[type_name])
    place = chance.choice(example.places[chance.choice(list(example.places))])
    before = value_at(example.resource, place.path)
    after = KINDS[kind](dict(before), place.shape, chance)
    if after is None or after == before:
        return None
    body = written(dumps(replaced(example.resource, place.path, after)))
    return Case(number=number, kind=kind, example=example.name, path=place.path, body=body)


def written(body: bytes) -> bytes:
    """The JSON text, with what is marked to be written as it is."""
    return RAW.sub(lambda raw: json.loads(b'"' + raw[1] + b'"').encode(), body)
