"""Train the dictionary that stored resources are compressed with, and say what it saves.

    python -m bench.train_dictionary NUMBER [FILE.ndjson ...]

Writes service/store/dictionaries/NUMBER.zdict from generated resources and, three to one, those in
the files, one JSON object a line; ids in references are made random, so that no dictionary learns
the ids of a test clinic. Rows carry the number of their dictionary, so a number that was ever
released is never trained again: take the next one and set `service.store.body.DICTIONARY` to it.
"""

import random
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import zstandard

from bench.samples import samples
from service.fhir.body import tail
from service.fhir.exact_json import loads

FOLDER = Path(__file__).parents[1] / "service" / "store" / "dictionaries"
SIZE = 32_768
TRAINED_ON = 6_000
MEASURED_ON = 2_000
REFERENCE = re.compile(rb'("reference":"[A-Za-z]+/)[^"]+')


def main(arguments: list[str]) -> int:
    if not arguments or not arguments[0].isdigit() or not 1 <= int(arguments[0]) <= 255:
        print(__doc__, file=sys.stderr)
        return 2
    target = FOLDER / f"{arguments[0]}.zdict"
    if target.exists():
        print(f"{target} exists: rows may depend on it. Choose another number.", file=sys.stderr)
        return 1
    chance = random.Random(1)  # noqa: S311  (not a secret)
    found = list(samples(TRAINED_ON + MEASURED_ON))
    if len(arguments) > 1:
        real = list(_read(arguments[1:], chance))
        taken = min(len(real), 3 * len(found) // 4)
        found = found[: taken // 3] + chance.sample(real, taken)
    chance.shuffle(found)
    part = len(found) * TRAINED_ON // (TRAINED_ON + MEASURED_ON)
    texts: list[bytes | bytearray | memoryview[int]] = [tail(resource) for resource in found]
    trained = zstandard.train_dictionary(SIZE, texts[:part], level=19)
    FOLDER.mkdir(exist_ok=True)
    target.write_bytes(trained.as_bytes())
    _report(found[part:], trained)
    return 0


def _read(files: Iterable[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    def scrubbed(match: re.Match[bytes]) -> bytes:
        return match[1] + str(UUID(int=chance.getrandbits(128), version=4)).encode()

    for file in files:
        for line in Path(file).read_bytes().splitlines():
            if line.strip():
                yield loads(REFERENCE.sub(scrubbed, line))


def _report(found: list[dict[str, Any]], trained: zstandard.ZstdCompressionDict) -> None:
    """Mean sizes by type, of resources the dictionary was not trained on."""
    plain = zstandard.ZstdCompressor(level=3, write_checksum=False)
    with_dictionary = zstandard.ZstdCompressor(
        level=3, dict_data=trained, write_checksum=False, write_dict_id=False
    )
    print(f"{'':22}{'json':>8}{'zstd':>8}{'dictionary':>12}")
    for type_name in sorted({resource["resourceType"] for resource in found}):
        texts = [tail(r) for r in found if r["resourceType"] == type_name]
        sizes = (
            sum(map(len, texts)),
            sum(len(plain.compress(text)) for text in texts),
            sum(1 + len(with_dictionary.compress(text)) for text in texts),
        )
        json, zstd, dictionary = (size / len(texts) for size in sizes)
        print(f"{type_name:22}{json:8.0f}{zstd:8.0f}{dictionary:12.0f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
