"""What a process imports before it answers: nothing that only a calibration or a report needs."""

import subprocess
import sys

PROGRAM = "import sys, service.main, service.commands.serve; print(*sys.modules)"
HEAVY = {"formulaic", "pandas", "patsy", "pyarrow", "scipy.stats", "statsmodels"}


def test_a_server_starts_without_heavy_libraries() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    loaded = set(answer.stdout.decode().split())
    assert "service.psychometrics.growth_curve" in loaded
    assert loaded & HEAVY == set()
