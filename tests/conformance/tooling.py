"""House rules on what is installed and what is run, each a function from a tree to its breaches."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

INDEX_HOSTS = tuple(
    # In two halves, so that this table is not itself a breach.
    f"{name}.{domain}"
    for name, domain in (
        ("pypi", "org"),
        ("pypi.python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("anaconda", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy.golang", "org"),
        ("repo.maven.apache", "org"),
    )
)
INDEX_OPTIONS = re.compile(r"--(?:extra-)?index-url|--find-links|^\s*-[if] ", re.MULTILINE)
LOCKED = re.compile(r"[\w.-]+==[^=\s]+(?: ; .+)?")
UNTRACKED = {
    *(
        ".git",
        ".venv",
        ".venv-bench",
        ".venv-node",
        ".attune",
        "build",
        "node_modules",
        "__pycache__",
    ),
    *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"),
}


def index_hosts(root: Path) -> Iterator[str]:
    """Where packages come from is the business of whoever installs."""
    for path in _tracked(root):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for host in INDEX_HOSTS:
            if host in text:
                yield f"{path.relative_to(root)} names the package index '{host}'."
        if path.suffix == ".txt" and INDEX_OPTIONS.search(text):
            yield f"{path.relative_to(root)} says where packages come from."


def unlocked_packages(root: Path) -> Iterator[str]:
    """Every requirement has one version and its hashes, and the locks are what pyproject asks."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    runtime, groups = project["project"]["dependencies"], project["dependency-groups"]
    wanted = {"runtime": runtime, **groups, "test": [*runtime, *groups["test"]]}
    locks = {name: _locked(root / ".ci" / "locks" / f"{name}.txt") for name in wanted}
    for name, lock in locks.items():
        for requirement, hashes in lock.items():
            if not LOCKED.fullmatch(requirement) or not hashes:
                yield f".ci/locks/{name}.txt holds '{requirement}' without a version and hashes."
        for text in wanted[name]:
            if not _answers(Requirement(text), lock):
                yield f".ci/locks/{name}.txt does not answer '{text}'; run make lock."
    for requirement in locks["runtime"].keys() - locks["test"].keys():
        yield f".ci/locks/test.txt lacks '{requirement}' of runtime.txt; run make lock."


def _locked(path: Path) -> dict[str, list[str]]:
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", path.read_text())).splitlines()
    return {
        line.split(" --hash=")[0].strip(): re.findall(r" --hash=(sha256:[0-9a-f]{64})", line)
        for line in lines
        if line.strip()
    }


def _answers(wanted: Requirement, lock: dict[str, list[str]]) -> bool:
    versions = [
        Version(held.split(" ")[0].split("==")[1])
        for held in lock
        if LOCKED.fullmatch(held)
        and canonicalize_name(held.split("==")[0]) == canonicalize_name(wanted.name)
    ]
    return bool(versions) and all(wanted.specifier.contains(version) for version in versions)


def unlocked_npm_packages(root: Path) -> Iterator[str]:
    """Every npm package has one version and its hash; where it comes from is not said."""
    for path in (each for each in _tracked(root) if each.name == "package-lock.json"):
        place = path.relative_to(root)
        packages = json.loads(path.read_text())["packages"]
        wanted = json.loads(path.with_name("package.json").read_text())["dependencies"]
        if packages.pop("")["dependencies"] != wanted:
            yield f"{place} does not answer package.json beside it; run npm install there."
        for name, package in packages.items():
            if "version" not in package or not package.get("integrity", "").startswith("sha512-"):
                yield f"{place} holds '{name}' without a version and a hash."
            if "resolved" in package:
                yield f"{place} says where '{name}' comes from."


def hooks_unlike_ci(root: Path) -> Iterator[str]:
    """What is checked before a commit is what `make lint` checks, in the same order."""
    linted = re.search(r"(?m)^lint: ([^#\n]*)", (root / "Makefile").read_text())
    hooks = (root / ".pre-commit-config.yaml").read_text()
    checks = linted[1].split() if linted else []
    if re.findall(r"(?m)^ *entry: make (\S+)$", hooks) != checks:
        yield f".pre-commit-config.yaml does not run what make lint runs: {', '.join(checks)}."
    if re.search(r"repo: (?!local\b)", hooks):
        yield ".pre-commit-config.yaml fetches hooks; every hook is a locked tool of .venv."


def _tracked(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if UNTRACKED.isdisjoint(path.relative_to(root).parts) and path.is_file():
            yield path
