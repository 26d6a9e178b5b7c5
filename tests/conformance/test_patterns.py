"""23: no regular expression of ours can be made to try one text in ever more ways.

That takes a repetition without a limit inside another one whose turns it can share out in several
ways. So each turn of the outer one must hold something that the inner one cannot match.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import service

CHARACTERS = frozenset(map(chr, range(0x180))) | {"\u2028", "\u3042", "\U0001f600"}
"""Enough to tell the classes that patterns name from one another."""
Marks = Sequence[frozenset[str]]
REPEATS = (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT)
FUNCTIONS = frozenset(
    {"compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub"}
)


def patterns() -> set[str]:
    """Every pattern that a module holds or writes out where it uses it."""
    found = set[str]()
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if module.name == "service.__main__":
            continue
        loaded = importlib.import_module(module.name)
        found |= {v.pattern for v in vars(loaded).values() if isinstance(v, re.Pattern)}
        found |= set(written(loaded.__file__ or ""))
    return found


def written(file: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        first = node.args[0] if node.args else None
        if of_re and node.func.attr in FUNCTIONS and isinstance(first, ast.Constant):
            yield str(first.value)


def matched(op: Any, argument: Any) -> frozenset[str]:
    """The characters that one step of a pattern can take."""
    if op is opcodes.LITERAL:
        return frozenset({chr(argument)})
    if op is opcodes.NOT_LITERAL:
        return CHARACTERS - {chr(argument)}
    if op is opcodes.ANY:
        return CHARACTERS
    if op is opcodes.RANGE:
        low, high = argument
        return frozenset(c for c in CHARACTERS if low <= ord(c) <= high)
    if op is opcodes.CATEGORY:
        return categories(argument)
    if op is opcodes.IN:
        inside = [item for item in argument if item[0] is not opcodes.NEGATE]
        found = frozenset(chain.from_iterable(matched(*item) for item in inside))
        return found if len(inside) == len(argument) else CHARACTERS - found
    return frozenset(chain.from_iterable(matched(*step) for step in steps(op, argument)))


def categories(name: Any) -> frozenset[str]:
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[str(name).rsplit("_", 1)[1]]
    letter = letter.upper() if "_NOT_" in str(name) else letter
    return frozenset(c for c in CHARACTERS if re.fullmatch(rf"\{letter}", c))


def steps(op: Any, argument: Any) -> list[Any]:
    """What a step is made of."""
    if op in REPEATS:
        return list(argument[2])
    if op is opcodes.SUBPATTERN:
        return list(argument[3])
    if op is opcodes.BRANCH:
        return [step for branch in argument[1] for step in branch]
    if op in (opcodes.ASSERT, opcodes.ASSERT_NOT):
        return list(argument[1])
    return []


def endless(op: Any, argument: Any) -> bool:
    return op in REPEATS and argument[1] is opcodes.MAXREPEAT


def needed(sequence: Any) -> list[frozenset[str]]:
    """What every turn of a sequence takes at least one of."""
    found = []
    for op, argument in sequence:
        if op is opcodes.SUBPATTERN:
            found += needed(argument[3])
        elif op in REPEATS and argument[0] > 0:
            found += needed(argument[2])
        elif op is opcodes.BRANCH:
            ends = [needed(branch) for branch in argument[1]]
            if all(ends):
                found.append(frozenset(chain.from_iterable(e[0] for e in ends)))
        elif op in (opcodes.LITERAL, opcodes.NOT_LITERAL, opcodes.IN, opcodes.ANY):
            found.append(matched(op, argument))
    return found


def begins(sequence: Any) -> frozenset[str]:
    """What a turn of a sequence can begin with."""
    found = frozenset[str]()
    for op, argument in sequence:
        if op is opcodes.BRANCH:
            found |= frozenset(chain.from_iterable(begins(branch) for branch in argument[1]))
        elif op in REPEATS or op is opcodes.SUBPATTERN:
            found |= begins(steps(op, argument))
        else:
            found |= matched(op, argument)
        if needed([(op, argument)]):
            break
    return found


def inner(sequence: Any, after: Marks = ()) -> Iterator[tuple[Any, Marks]]:
    """Endless repetitions anywhere in a sequence, each with what must follow it in the turn."""
    for place, (op, argument) in enumerate(sequence):
        rest = (*needed(list(sequence)[place + 1 :]), *after)
        if endless(op, argument):
            yield argument[2], rest
        if op is opcodes.BRANCH:
            for branch in argument[1]:
                yield from inner(branch, rest)
        else:
            yield from inner(steps(op, argument), () if op in REPEATS else rest)


def shared(sequence: Any) -> Iterator[frozenset[str]]:
    """What an outer and an inner repetition can share out in several ways."""
    for op, argument in sequence:
        if endless(op, argument):
            marks = needed(argument[2])
            for repeated, after in inner(argument[2]):
                taken = begins(repeated)
                if all(mark & taken for mark in (*marks, *after)):
                    yield taken
        yield from shared(steps(op, argument))


@pytest.mark.parametrize("pattern", sorted(patterns()))
def test_23_a_pattern_can_take_a_text_in_few_ways(pattern: str) -> None:
    assert not list(shared(parser.parse(pattern)))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(a*)*",
        r"(a|aa)*(?:[a-z]+)*$",
        r"([0-9]+[a-z]*)+x",
        r"(\s*\w+\s*)*:",
        r"(.*,)*y",
    ],
)
def test_a_pattern_that_runs_away_is_told(pattern: str) -> None:
    assert list(shared(parser.parse(pattern)))


@pytest.mark.parametrize(
    "pattern", [r"(,[a-z]+)*", r"[a-z]+(\.[a-z]+)*", r"a+b+c*", r"(a{2,5})+x", r"(a|'[^']*')*"]
)
def test_a_pattern_with_marks_between_is_no_such(pattern: str) -> None:
    assert not list(shared(parser.parse(pattern)))
