"""What the arithmetic needs to be imported."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from pkgutil import iter_modules
from importlib import import_module
import service.psychometrics as room
for module in iter_modules(room.__path__):
    import_module(f"{room.__name__}.{module.name}")
print(*sorted(sys.modules))
"""


def loaded() -> list[str]:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    return answer.stdout.decode().split()


def test_the_room_is_importable_alone_and_without_heavy_libraries() -> None:
    modules = loaded()
    assert "service.psychometrics.strain" in modules
    ours = [name for name in modules if name.startswith("service.")]
    assert [name for name in ours if not name.startswith("service.psychometrics")] == []
    assert not {"numpy", "scipy", "statsmodels", "pandas"} & set(modules)
