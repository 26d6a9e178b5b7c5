"""The house rules that an import graph cannot see, each a function from a tree to its breaches.

A breach is one sentence: the place, then the rule. `root` is the repository or a copy of it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


ROOT = Path(__file__).parents[2]
LONGEST = 300
DRAWERS = _each(
    "util utils helper helpers common base manager managers service services handler handlers"
    " processor processors misc"
)
EMPTY_NAMES = frozenset({"data", "info", "obj"})
EMPTY_VERBS = ("get_", "process_", "handle_")
PURE = ("clinical", "fhir", "psychometrics", "errors.py", "registry.py")
NOW = frozenset({"now", "utcnow", "today"})
CHANCE = re.compile(r"(.+\.)?(uuid1|uuid4|urandom|urlopen)")
GENERIC = ("fhir", "store", "interactions", "worker", "api/fhir.py")
THERAPY = _each(
    "aaq aaqii alliance anxiety anxious cried cries cry crying dass depressed depression emotion"
    " emotional gad gad7 grief k10 mood ors pcl5 phq phq9 rupture sadness shame sob sobbing srs"
    " strain strains symptom symptoms tear tearful tearfulness tears wai weep weeping wellbeing"
    " wemwbs"
)
THERAPY_STEMS = ("therap", "psychother", "suicid")
FHIR_WORDS = _each("fhir hl7 loinc snomed questionnaire bundle operationoutcome")
ARITHMETIC = frozenset({"numpy", "scipy", "statsmodels"})
WORD = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")
DODGE = re.compile(
    r"(pytest\.(mark\.)?|mark\.)(skip|skipif|xfail|importorskip)|unittest\.skip.*"
    r"|(unittest\.)?mock(\..*)?|monkeypatch\.(set|del)(attr|item)"
)


def long_files(root: Path) -> Iterator[str]:
    for path in _modules(root):
        length = len(path.read_text().splitlines())
        if length > LONGEST:
            yield f"{_named(path, root)} has {length} lines; a file of code has at most {LONGEST}."


def drawers(root: Path) -> Iterator[str]:
    for path in sorted(p for room in ("service", "bench") for p in (root / room).rglob("*")):
        if DRAWERS & set(path.stem.lower().split("_")):
            yield f"{_named(path, root)} is named like a drawer; a file is a noun of its subject."


def silent_modules(root: Path) -> Iterator[str]:
    for path in _modules(root):
        if not (ast.get_docstring(ast.parse(path.read_text())) or "").strip():
            yield f"{_named(path, root)} does not say in its first line what it is for."


def empty_names(root: Path) -> Iterator[str]:
    for path, node in _nodes(root, "."):
        for name in _names_given(node):
            if name in EMPTY_NAMES or name.lstrip("_").startswith(EMPTY_VERBS):
                yield f"{_at(path, node, root)} gives the name '{name}', which says nothing."


def clocks_in_pure_rooms(root: Path) -> Iterator[str]:
    """Clock, chance and network come in as arguments; `import time` itself is a contract's."""
    for path in _rooms(root, *PURE):
        tree = ast.parse(path.read_text())
        clocks = _imported_from(tree, "datetime")
        for node in ast.walk(tree):
            for name in (_dotted(node), *_imported(node)):
                asks = name.split(".")[0] in clocks and name.split(".")[-1] in NOW
                if asks or CHANCE.fullmatch(name):
                    yield f"{_at(path, node, root)} reaches for '{name}' in a room that is pure."


def therapy_in_generic_rooms(root: Path) -> Iterator[str]:
    for path, line, word in _words(root, *GENERIC):
        if word in THERAPY or word.startswith(THERAPY_STEMS):
            yield f"{_named(path, root)}:{line} says '{word}' in a room that knows no therapy."


def fhir_in_arithmetic(root: Path) -> Iterator[str]:
    for path, line, word in _words(root, "psychometrics"):
        if word in FHIR_WORDS:
            yield f"{_named(path, root)}:{line} says '{word}'; arithmetic knows no FHIR."


def foreign_packages_in_arithmetic(root: Path) -> Iterator[str]:
    allowed = sys.stdlib_module_names | ARITHMETIC
    for path, node in _nodes(root, "psychometrics"):
        for module in _imported(node):
            if module.split(".")[0] not in allowed and not f"{module}.".startswith(
                "service.psychometrics."
            ):
                yield f"{_at(path, node, root)} imports '{module}'; arithmetic stands alone."


def package_of_migrations(root: Path) -> Iterator[str]:
    if (root / "alembic" / "__init__.py").exists():
        yield "alembic/__init__.py would shadow the package 'alembic'; the folder is not one."


def dodging_tests(root: Path) -> Iterator[str]:
    """A test that is skipped, expected to fail, or patched proves nothing."""
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in (_dotted(node), *_imported(node)):
                if DODGE.fullmatch(name):
                    yield f"{_at(path, node, root)} uses '{name}'; no test is skipped or patched."


def _modules(root: Path) -> list[Path]:
    return sorted(path for room in ("service", "bench") for path in (root / room).rglob("*.py"))


def _rooms(root: Path, *rooms: str) -> Iterator[Path]:
    for room in rooms:
        place = root / "service" / room
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def _nodes(root: Path, *rooms: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in _rooms(root, *rooms):
        for node in ast.walk(ast.parse(path.read_text())):
            yield path, node


def _words(root: Path, *rooms: str) -> Iterator[tuple[Path, int, str]]:
    for path in _rooms(root, *rooms):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for word in WORD.findall(line):
                yield path, number, word.lower()


def _names_given(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ClassDef(name=name):
            yield name.lower()
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
            yield name


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            yield from (f"{module}.{alias.name}" for alias in names)


def _imported_from(tree: ast.AST, module: str) -> set[str]:
    """What a file calls `module` and the things it takes from it."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (node.module if isinstance(node, ast.ImportFrom) else alias.name) == module
    }


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
    return ""


def _named(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _at(path: Path, node: ast.AST, root: Path) -> str:
    return f"{_named(path, root)}:{getattr(node, 'lineno', 1)}"
