"""Both validators over HL7's examples and any number of mutated ones, as a table.

python -m tests.fhir.differential [--count N] [--seed S] [--package hl7.fhir.r4.examples.tgz]
"""

import argparse
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from service.fhir.types import TYPES
from tests.fhir.differential.comparison import Comparison, compared, mutated
from tests.fhir.examples import examples


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=10_000, help="mutated examples")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--package", type=Path, help="HL7's package of all examples of R4")
    asked = arguments.parse_args()
    bodies = _packed(asked.package) if asked.package else examples().items()
    results = (compared(bodies), mutated(asked.count, asked.seed))
    for result in results:
        _print(result)
    return int(any(result.unexplained or result.missed for result in results))


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    """The resources of the served types in the package."""
    with tarfile.open(path) as package:
        for member in package:
            name = Path(member.name).name
            file = package.extractfile(member)
            if name.partition("-")[0] in TYPES and name.endswith(".json") and file is not None:
                yield name, file.read()


def _print(result: Comparison) -> None:
    lines = (
        *result.table(),
        *map(str, result.unexplained),
        *(f"taken, and certainly broken: {each}" for each in result.missed),
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
