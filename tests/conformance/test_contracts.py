"""Every rule of the house bites: each is shown red on a copy that breaks it, and only there."""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from os import link
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.conformance import structure, tooling
from tests.conformance.test_structure import RULES

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@dataclass(frozen=True, kw_only=True)
class Plant:
    """Lines added to files of a copy; the last file is the one that breaks the rule."""

    files: tuple[tuple[str, str], ...]

    def into(self, root: Path) -> None:
        for path, text in self.files:
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            before = place.read_text() if place.exists() else ""
            place.unlink(missing_ok=True)  # it is the original, too
            place.write_text(f"{before}{text}\n")


def plant(*files: tuple[str, str]) -> Plant:
    return Plant(files=files)


def imports(importer: str, imported: str) -> Plant:
    """`importer` is a file of service/; `imported` is made where it is ours and not yet there."""
    made = () if "service." not in imported else ((_file_of(imported), ""),)
    return plant(*made, (f"service/{importer}", f"import {imported}"))


def npm(package: str, asked: str = "{}") -> Plant:
    """A lock of one package."""
    lock = f'{{"packages": {{"": {{"dependencies": {{}}}}, "planted": {package}}}}}'
    return plant(
        ("tests/planted/package.json", f'{{"dependencies": {asked}}}'),
        ("tests/planted/package-lock.json", lock),
    )


def _file_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (structure.ROOT / path).is_dir() else f"{path}.py"


UPWARD = (
    ("registry.py", "service.errors"),
    ("errors.py", "service.registry"),
    ("errors.py", "service.fhir.types"),
    ("fhir/planted.py", "service.psychometrics.scoring"),
    ("psychometrics/planted.py", "service.fhir.types"),
    ("fhir/planted.py", "service.store.tables"),
    ("store/planted.py", "service.interactions.ports"),
    ("store/planted.py", "service.clinical.facts"),
    ("interactions/planted.py", "service.clinical.facts"),
    ("clinical/planted.py", "service.interactions.ports"),
    ("interactions/planted.py", "service.outbound"),
    ("clinical/planted.py", "service.api"),
    ("operations.py", "service.outbound"),
    ("outbound/planted.py", "service.api"),
    ("outbound/planted.py", "service.worker"),
    ("api/planted.py", "service.worker"),
    ("worker/__init__.py", "service.api"),
    ("api/planted.py", "service.settings"),
    ("settings.py", "service.commands"),
    ("settings.py", "service.main"),
    ("commands/planted.py", "service.__main__"),
)
CONTRACTS: dict[str, tuple[Plant, ...]] = {
    "rooms": tuple(imports(*pair) for pair in UPWARD),
    "clinical-without-store": (
        imports("clinical/planted.py", "service.store.hashing"),
        imports("clinical/instruments/planted.py", "service.interactions.ports"),
    ),
    "pure-core": (
        imports("clinical/planted.py", "time"),
        imports("fhir/planted.py", "socket"),
        imports("psychometrics/planted.py", "asyncio"),
        imports("errors.py", "starlette.exceptions"),
        imports("registry.py", "sqlalchemy.orm"),
        plant(
            ("service/fhir/planted.py", "import httpx"),
            ("service/clinical/planted.py", "import service.fhir.planted"),
        ),
    ),
    "sql-in-store": (
        imports("commands/planted.py", "asyncpg"),
        imports("api/planted.py", "sqlalchemy"),
        imports("interactions/planted.py", "sqlmodel"),
        imports("main.py", "asyncpg"),
    ),
    "web-in-api": (
        imports("interactions/planted.py", "starlette.responses"),
        imports("main.py", "fastapi"),
        imports("api/planted.py", "uvicorn"),
    ),
    "network-in-outbound": (
        imports("api/planted.py", "httpx"),
        imports("store/planted.py", "urllib3"),
    ),
    "psychometrics-alone": (
        imports("psychometrics/planted.py", "service.errors"),
        imports("psychometrics/planted.py", "service.clinical.definitions"),
    ),
    "resource-models-once": (
        imports("fhir/planted.py", "fhir.resources.observation"),
        imports("api/planted.py", "fhir_core.types"),
    ),
    "instruments-independent": (
        imports("clinical/instruments/planted_one.py", "service.clinical.instruments.planted_two"),
    ),
    "indicators-independent": (
        imports("clinical/indicators/planted_one.py", "service.clinical.indicators.planted_two"),
    ),
    "operations-independent": (
        imports("clinical/operations/planted_one.py", "service.clinical.operations.planted_two"),
    ),
}

Rule = Callable[[Path], Iterator[str]]
BREACHES: dict[Rule, tuple[Plant, ...]] = {
    structure.long_files: (plant(("service/fhir/planted.py", "x = 1\n" * 300)),),
    structure.drawers: (
        plant(("service/fhir/date_utils.py", '"""Dates."""')),
        plant(("service/clinical/planted_helpers/dates.py", '"""Dates."""')),
    ),
    structure.silent_modules: (plant(("service/store/planted.py", "x = 1")),),
    structure.empty_names: (
        plant(("service/api/planted.py", "def get_patient() -> None: ...")),
        plant(("service/api/planted.py", "def patient(data: bytes) -> None: ...")),
        plant(("service/api/planted.py", "info = 1")),
    ),
    structure.clocks_in_pure_rooms: (
        plant(("service/clinical/planted.py", "from datetime import date\nx = date.today()")),
        plant(("service/fhir/planted.py", "import datetime as d\nx = d.datetime.now(d.UTC)")),
        plant(("service/errors.py", "from datetime import datetime as dt\nx = dt.now")),
        plant(("service/psychometrics/planted.py", "from uuid import uuid4")),
        plant(("service/clinical/planted.py", "import uuid\nx = uuid.uuid1()")),
    ),
    structure.therapy_in_generic_rooms: (
        plant(("service/fhir/planted.py", "# the patient cries")),
        plant(("service/store/planted.py", 'CODE = "phq-9"')),
        plant(("service/interactions/planted.py", "def allianceStrain() -> None: ...")),
        plant(("service/worker/planted.py", '"""Sends what a therapist asked for."""')),
    ),
    structure.fhir_in_arithmetic: (
        plant(("service/psychometrics/planted.py", '"""A mean of FHIR values."""')),
    ),
    structure.foreign_packages_in_arithmetic: (
        plant(("service/psychometrics/planted.py", "import msgspec")),
        plant(("service/psychometrics/planted.py", "from service import errors")),
    ),
    structure.package_of_migrations: (plant(("alembic/__init__.py", "")),),
    structure.dodging_tests: (
        plant(("tests/test_planted.py", "@pytest.mark.skip\ndef test_x() -> None: ...")),
        plant(("tests/test_planted.py", "pytestmark = pytest.mark.xfail(strict=True)")),
        plant(("tests/test_planted.py", "from unittest.mock import patch")),
        plant(("tests/test_planted.py", "monkeypatch.setattr(store, 'put', None)")),
    ),
    tooling.index_hosts: (
        plant(("README.md", f"See https://{tooling.INDEX_HOSTS[0]}/project/attune.")),
        plant((".ci/locks/test.txt", "--index-url https://packages.example.org/simple")),
    ),
    tooling.unlocked_packages: (
        plant((".ci/locks/runtime.txt", "planted==1.0")),
        plant((".ci/locks/test.txt", f"planted>=1.0 --hash=sha256:{'0' * 64}")),
        plant((".ci/locks/runtime.txt", f"planted==1.0 --hash=sha256:{'0' * 64}")),
    ),
    tooling.unlocked_npm_packages: (
        npm('{"version": "1.0"}'),
        npm('{"integrity": "sha512-0"}'),
        npm('{"version": "1.0", "integrity": "sha512-0", "resolved": "https://packages.example"}'),
        npm('{"version": "1.0", "integrity": "sha512-0"}', asked='{"planted": "2.0"}'),
    ),
    tooling.hooks_unlike_ci: (
        plant((".pre-commit-config.yaml", "        entry: make something-else")),
        plant((".pre-commit-config.yaml", "  - repo: https://example.org/hooks")),
    ),
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the rules read, as it stands."""
    root = tmp_path_factory.mktemp("clean") / "repository"
    copytree(structure.ROOT, root, ignore=ignore_patterns(*tooling.UNTRACKED, "*.pyc"))
    return root


@pytest.fixture
def copy(clean: Path, tmp_path: Path) -> Path:
    """Of links: what is planted takes the place of its file."""
    return copytree(clean, tmp_path / "repository", copy_function=link)


@cache
def as_it_stands(rule: Rule, clean: Path) -> frozenset[str]:
    return frozenset(rule(clean))


def _plants_of(plants: dict[str, tuple[Plant, ...]]) -> list[tuple[str, Plant]]:
    return [(name, each) for name, several in plants.items() for each in several]


def _last_line(value: object) -> str:
    if isinstance(value, Plant):
        path, text = value.files[-1]
        return f"{path}: {text.splitlines()[0] if text else ''}"[:80]
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("contract", "planted"), _plants_of(CONTRACTS), ids=_last_line)
def test_a_contract_breaks_where_it_is_broken(copy: Path, contract: str, planted: Plant) -> None:
    planted.into(copy)
    run = lint_imports(copy, contract)
    path, line = planted.files[-1]
    importer = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    imported = line.removeprefix("import ")
    if not imported.startswith("service"):
        imported = imported.split(".")[0]
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"{importer} -> {imported} " in run.stdout


def test_a_room_that_no_layer_names_breaks_the_contract(copy: Path) -> None:
    plant(("service/attic/__init__.py", "")).into(copy)
    run = lint_imports(copy, "rooms")
    assert run.returncode == 1
    assert "- service.attic" in run.stdout


def test_every_contract_is_shown_to_break() -> None:
    linter = tomllib.loads((structure.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert [contract["id"] for contract in linter["contracts"]] == list(CONTRACTS)


@pytest.mark.parametrize(("rule", "planted"), _plants_of(BREACHES), ids=_last_line)
def test_a_rule_of_structure_is_red_where_it_is_broken(
    clean: Path, copy: Path, rule: Rule, planted: Plant
) -> None:
    planted.into(copy)
    new = set(rule(copy)) - as_it_stands(rule, clean)
    path, _ = planted.files[-1]
    assert new
    assert all(path in breach or "planted" in breach for breach in new)


def test_every_rule_of_structure_is_shown_to_be_broken() -> None:
    assert list(BREACHES) == list(RULES)


def lint_imports(root: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", "--contract", contract],
        cwd=root,
        env={"COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
