"""Every setting stands in the README's table, with its default, and nothing else does."""

import re

from service.settings import Settings
from tests.conformance.structure import ROOT

ROW = re.compile(r"^\| `ATTUNE_([A-Z_]+)` \| (.*?) \|", re.MULTILINE)


def table() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "README.md").read_text()))


def shown(default: object) -> str:
    if default is None or default in ({}, ()):
        return "unset"
    if isinstance(default, tuple):
        return f"`{','.join(map(str, default))}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert table() == {
        name.upper(): shown(field.default) for name, field in Settings.model_fields.items()
    }


def test_every_setting_says_what_it_is_for() -> None:
    text = (ROOT / "service" / "settings.py").read_text()
    for name in Settings.model_fields:
        assert re.search(rf'^    {name}: .*?\n    """[A-Z`/]', text, re.MULTILINE | re.DOTALL), name
