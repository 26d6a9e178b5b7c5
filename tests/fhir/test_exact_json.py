"""JSON keeps every digit, and refuses what is not exactly JSON in UTF-8."""

import json
import pickle
from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Malformed
from service.fhir.exact_json import ExactDecimal, dumps, embedding, loads, pretty


@pytest.mark.parametrize(
    "literal", ["1.50", "1E3", "0.10e1", "-0", "-0.0", "1e-7", "100000000000000000000.10", "5"]
)
def test_a_number_keeps_its_letters(literal: str) -> None:
    body = f'{{"value":{literal}}}'.encode()
    assert dumps(loads(body)) == body


def test_a_number_beyond_64_bits_keeps_its_digits() -> None:
    body = b"[9223372036854775808,18446744073709551616,-9223372036854775809]"
    assert dumps(loads(body)) == body


def test_a_fraction_compares_as_a_decimal() -> None:
    value = loads(b'{"value":1.50}')["value"]
    assert isinstance(value, ExactDecimal)
    assert value == Decimal("1.5")
    assert value.literal == "1.50"


def test_a_copied_number_keeps_its_letters() -> None:
    value = loads(b"[1.50]")
    assert dumps(deepcopy(value)) == b"[1.50]"
    assert dumps(pickle.loads(pickle.dumps(value))) == b"[1.50]"  # noqa: S301


def test_a_computed_float_is_written_as_the_shortest_text_that_reads_back() -> None:
    assert dumps([0.1, 1 / 3, 5.0]) == b"[0.1,0.3333333333333333,5.0]"


def test_a_computed_decimal_is_written_with_all_its_digits() -> None:
    assert dumps([Decimal("0.30"), Decimal("1E+3")]) == b"[0.30,1E+3]"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_not_finite_is_not_written(number: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        dumps({"a": [{"value": number}]})


def test_a_stored_body_is_embedded_as_it_is() -> None:
    assert dumps({"resource": orjson.Fragment(b'{"value":1.50}')}) == b'{"resource":{"value":1.50}}'


def test_what_is_embedded_may_hold_anything() -> None:
    embedded = orjson.Fragment(b'{"said":"null","value":1.50}')
    whole = b'{"resource":{"said":"null","value":1.50}}'
    assert dumps({"resource": embedded}) == embedding({"resource": embedded}) == whole


def test_indented_text_keeps_every_letter() -> None:
    assert (
        pretty(b'{"a":[1.50,-0],"b":{}}') == b'{\n  "a": [\n    1.50,\n    -0\n  ],\n  "b": {}\n}'
    )


def test_an_unknown_object_is_not_written() -> None:
    with pytest.raises(TypeError):
        dumps({"a": object()})


REFUSED = {
    "a hundred thousand arrays": b"[" * 100_000,
    "a hundred thousand objects": b'{"a":' * 100_000,
    "65 arrays": b"[" * 65 + b"]" * 65,
    "65 objects": b'{"a":' * 64 + b"{}" + b"}" * 64,
    "a million members": b"{" + b",".join(b'"a%d":1' % n for n in range(1_000_000)) + b"}",
    "a member twice": b'{"a":1,"a":2}',
    "a member twice below": b'{"a":[{"b":{"c":1,"c":1}}]}',
    "a member twice by escape": b'{"a":1,"\\u0061":2}',
    "NaN": b'{"a":NaN}',
    "Infinity": b"[Infinity]",
    "-Infinity": b"[-Infinity]",
    "1e999": b'{"a":1e999}',
    "-1e999": b'{"a":-1e999}',
    "1e-999": b'{"a":1e-999}',
    "an exponent of twenty digits": b"[1e99999999999999999999]",
    "zero with an exponent of twenty digits": b"[0e99999999999999999999]",
    "5,000 digits": b"[" + b"1" * 5_000 + b"]",
    "5,000 digits behind the point": b"[0." + b"1" * 5_000 + b"]",
    "half a surrogate pair": b'{"a":"\\ud800"}',
    "the other half": b'{"a":["\\uDC00"]}',
    "half a pair as a name": b'{"\\ud800":1}',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16 with a mark": "{}".encode("utf-16"),
    "UTF-16": "{}".encode("utf-16-le"),
    "UTF-32": "{}".encode("utf-32-be"),
    "Latin-1": '{"a":"é"}'.encode("latin-1"),
    "a NUL": b'{"a":"\x00"}',
    "a line break in a string": b'"a\nb"',
    "a trailing comma": b"[1,]",
    "a leading zero": b"[01]",
    "a comment": b"{} // done",
    "two values": b"{}{}",
    "single quotes": b"{'a':1}",
    "nothing": b"",
}


@pytest.mark.parametrize("name", REFUSED)
def test_malformed_text_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        loads(REFUSED[name])
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_64_levels_are_read() -> None:
    body = b"[" * 64 + b"]" * 64
    assert dumps(loads(body)) == body


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert loads(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_a_repeated_name_is_told_only_where_it_could_be_an_element() -> None:
    with pytest.raises(Malformed, match="'status' appears twice"):
        loads(b'{"status":1,"status":2}')
    with pytest.raises(Malformed) as refused:
        loads(b'{"Jane Doe":1,"Jane Doe":2}')
    assert "Jane" not in str(refused.value)


NUMBERS = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=6).map(lambda d: f"{d:f}"),
    st.tuples(st.integers(-999, 999), st.integers(0, 99), st.integers(-200, 200)).map(
        lambda n: f"{n[0]}.{n[1]:02d}e{n[2]:+d}"
    ),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON_TEXT = st.recursive(
    st.one_of(NUMBERS, TEXT.map(lambda t: json.dumps(t, ensure_ascii=False)), st.just("null")),
    lambda children: st.one_of(
        st.lists(children, max_size=4).map(lambda items: f"[{','.join(items)}]"),
        st.dictionaries(TEXT, children, max_size=4).map(
            lambda members: (
                "{"
                + ",".join(
                    f"{json.dumps(name, ensure_ascii=False)}:{value}"
                    for name, value in members.items()
                )
                + "}"
            )
        ),
    ),
    max_leaves=20,
)


@given(JSON_TEXT)
def test_what_is_read_is_written_to_the_letter(text: str) -> None:
    written = dumps(loads(text.encode()))
    assert loads(written) == loads(text.encode())
    # Escapes apart, which have several spellings, the text itself comes back.
    if "\\" not in text:
        assert written.decode() == text


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Malformed):
        loads(body)
