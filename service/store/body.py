"""How a resource's text lies in its row: compressed, with what such resources have in common kept
in a dictionary beside the program.

The first byte is the dictionary's number, 0 for none; a zstd frame follows. A dictionary that was
ever released keeps its number and its bytes: rows written with it must stay readable.
"""

from functools import cache
from importlib.resources import files

import zstandard

DICTIONARY = 1
"""The number new rows are written with."""
LEVEL = 3


def pack(text: bytes) -> bytes:
    return bytes((DICTIONARY,)) + _compressor(DICTIONARY).compress(text)


def unpack(packed: bytes) -> bytes:
    return _decompressor(packed[0]).decompress(memoryview(packed)[1:])


@cache
def _compressor(number: int) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(
        level=LEVEL,
        dict_data=_dictionary(number),
        write_checksum=False,  # PostgreSQL's pages have theirs
        write_dict_id=False,
    )


@cache
def _decompressor(number: int) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_dictionary(number))


def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == 0:
        return None
    file = files("service.store").joinpath("dictionaries", f"{number}.zdict")
    return zstandard.ZstdCompressionDict(file.read_bytes())
