"""What is published in openapi/ is what the code gives, reads well and leads somewhere."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from service.commands.openapi.command import FOLDER, documents, outdated
from service.settings import Settings

Published = Mapping[str, bytes]
MARKDOWN = ("findings.md", "instruments.md")
WIDEST = 160


@pytest.fixture(scope="module")
def published() -> Published:
    return documents(Settings())


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_document_is_the_newest(name: str, published: Published) -> None:
    assert (FOLDER / name).read_bytes() == published[name], "run `make openapi`"


def test_a_file_that_is_missing_or_differs_is_outdated(tmp_path: Path) -> None:
    given = {"a.md": b"one\n", "b.md": b"two\n", "c.md": b"three\n"}
    (tmp_path / "a.md").write_bytes(b"one\n")
    (tmp_path / "b.md").write_bytes(b"other\n")
    assert outdated(given, tmp_path) == ["b.md", "c.md"]


@pytest.mark.parametrize("name", MARKDOWN)
def test_no_line_is_wider_than_a_screen(name: str, published: Published) -> None:
    """Addresses cannot be broken."""
    wide = [line for line in published[name].decode().splitlines() if len(line) > WIDEST]
    assert [line for line in wide if "https://doi.org/" not in line] == []


@pytest.mark.parametrize("name", MARKDOWN)
def test_every_link_leads_to_a_heading_or_a_file(name: str, published: Published) -> None:
    text = published[name].decode()
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    links = re.findall(r"\]\((?!https)([^)]+)\)", text)
    assert len(links) > 10
    for target in links:
        file, _, place = target.partition("#")
        assert (FOLDER / file).exists() if file else place in headings, target
