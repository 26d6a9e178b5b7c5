"""The repository keeps its own house rules."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance import structure, tooling

RULES = (
    structure.long_files,
    structure.drawers,
    structure.silent_modules,
    structure.empty_names,
    structure.clocks_in_pure_rooms,
    structure.therapy_in_generic_rooms,
    structure.fhir_in_arithmetic,
    structure.foreign_packages_in_arithmetic,
    structure.package_of_migrations,
    structure.dodging_tests,
    tooling.index_hosts,
    tooling.unlocked_packages,
    tooling.unlocked_npm_packages,
    tooling.hooks_unlike_ci,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_repository_has_no_breach_of(rule: Callable[[Path], Iterator[str]]) -> None:
    assert list(rule(structure.ROOT)) == []
