"""Mutations of primitives and of what stands beside them, and of the JSON they are written in."""

import json
import random
from typing import Any

from service.fhir import bindings
from service.fhir.models import Element, Shape
from tests.fhir.differential.elements import Value, extended
from tests.fhir.differential.literals import BAD, GOOD
from tests.fhir.differential.places import present

CODES = sorted({code for codes in bindings.CODES.values() for code in codes})
TEXTS = (
    "\x00", "a\x1b", "\u2028", "\u00a0", " ", "\t", "a\u00a0b", "CHEST\u00a0", "a\u3000", "\ufeff",
    "<b>x</b>", "&nbsp;", "\U0010ffff", "a\x7f", "x" * 300, "\x85", "a\u2003b", "\r\n",
)  # fmt: skip
NUMBERS = (
    "1.0", "1e0", "-0", "-0.0", "1E400", "1e-400", "1.50", "NaN", "Infinity", "01", "+1", "1.",
    ".5", "0x1", "1_000", "9" * 30, "9" * 70, "2147483648", "1e2", "0.1e1",
    "100000000000000000000.5", "1E-7", "-1", "0",
)  # fmt: skip
WRITTEN = "\ue000"
"""Stands before JSON that is to be written as it is."""


def good(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A primitive has a rare valid value."""
    return _literal(value, form, chance, GOOD)


def bad(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A primitive has a value that is invalid by little."""
    return _literal(value, form, chance, BAD)


def misfit_text(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A primitive has a text of strange characters."""
    found = _primitive(value, form, chance)
    if found is not None:
        text = chance.choice(TEXTS)
        value[found.name] = [text] if found.many else text
    return value if found else None


def other_code(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A code is that of another value set, or its own in other letters."""
    codes = [element for element in present(value, form) if element.type == "code"]
    if not codes:
        return None
    element = chance.choice(codes)
    own = value[element.name][0] if element.many else value[element.name]
    code = chance.choice((chance.choice(CODES), own.upper(), own.capitalize(), f"{own}x", own[:-1]))
    value[element.name] = [code] if element.many else code
    return value


def beside(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An id or extension stands beside a primitive, or in its place."""
    held = [element for element in present(value, form) if element.primitive]
    if not held:
        return None
    element = chance.choice(held)
    own = value[element.name]
    one = chance.choice((extended(chance), {"id": "a"}, {"id": "a", **extended(chance)}))
    companion: Any = one
    if element.many:
        companion = [chance.choice((one, None)) for _ in own]
        if chance.random() < 0.3:
            companion, value[element.name] = [one, *companion], [None, *own]
    value[f"_{element.name}"] = companion
    if chance.random() < 0.4:
        del value[element.name]
    return value


def beside_badly(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """What stands beside an element is empty, too long, too short or of the wrong kind."""
    elements = present(value, form)
    if not elements:
        return None
    element = chance.choice(elements)
    one = extended(chance)
    wrong: tuple[Any, ...] = (
        None, {}, [], "x", 1, [None], [None, None], [one], [one, one, one], [one, None],
        {"value": 1}, {"extension": []}, {"extension": [{}]}, {"id": ""}, {"id": 1}, one, [[one]],
        {"extension": [{"url": "https://a.example"}]}, {"id": "a", "unknown": "x"}, [{}],
    )  # fmt: skip
    value[f"_{element.name}"] = chance.choice(wrong)
    if chance.random() < 0.3:
        del value[element.name]
    return value


def number(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A number is written in another way, of which JSON knows some."""
    numbers = {"decimal", "integer", "unsignedInt", "positiveInt"}
    elements = [e for e in form.elements.values() if e.type in numbers]
    held = [e for e in elements if e.name in value]
    if not elements:
        return None
    element = chance.choice(held or elements)
    written = WRITTEN + chance.choice(NUMBERS)
    value[element.name] = [written] if element.many else written
    return value


def twice(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A member stands twice in its object."""
    name = chance.choice(list(value))
    value[WRITTEN + json.dumps(name)] = value[name]
    return value


def surrogate(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A text has an escape that is half a character."""
    found = _primitive(value, form, chance)
    if found is not None:
        text = WRITTEN + chance.choice((r'"\ud800"', r'"a\udc00b"', r'"\ud83d\ude00"', r'"\u0041"'))
        value[found.name] = [text] if found.many else text
    return value if found else None


def _literal(value: Value, form: Shape, chance: random.Random, of: Any) -> Value | None:
    element = _primitive(value, form, chance)
    if element is None:
        return None
    literal = chance.choice(of[element.type])
    value[element.name] = [literal] if element.many else literal
    value.pop(f"_{element.name}", None)
    return value


def _primitive(value: Value, form: Shape, chance: random.Random) -> Element | None:
    """A primitive of the object; now and then one that it does not have."""
    held = [element for element in present(value, form) if element.primitive]
    chosen = {element.step for element in present(value, form)}
    absent = [e for e in form.elements.values() if e.primitive and e.step not in chosen]
    if absent and (not held or chance.random() < 0.3):
        return chance.choice(absent)
    return chance.choice(held) if held else None
