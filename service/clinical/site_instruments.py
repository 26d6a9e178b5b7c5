"""A site's own instruments: TOML text, one instrument each, into the definitions that ours are.

The fields are those of `definitions.Instrument` and of what it holds, under the same names and
without conversion: `pydantic` reads them strictly and knows no others. Three things are shorter:
tables `[source.NAME]` may be named wherever a source stands, `sources` may then be left out, and so
may `canonicals`. `answer_codes` stand in one table for each code system.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import dataclasses as strict
from pydantic_core import ErrorDetails, to_json

from service.clinical import instrument_checks
from service.clinical.canonical import questionnaire
from service.clinical.definitions import Instrument, Refused
from service.clinical.questionnaires import questionnaires
from service.fhir.validation import validate

NAMED = "source"
"""The tables of sources that the rest of a file refers to by their names."""
ONE_SOURCE = frozenset({"source", "bands_source"})
SEVERAL_SOURCES = "sources"
AS_WRITTEN = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, kw_only=True)
class InstrumentFile:
    """What a file is called, in messages, and what it says."""

    name: str
    text: str


@strict.dataclass(frozen=True, kw_only=True, config=AS_WRITTEN)
class _Written(Instrument):
    canonicals: tuple[str, ...] = ()
    answer_codes: Mapping[str, Mapping[str, float]] = Field(  # type: ignore[assignment]
        default_factory=dict
    )


_written: TypeAdapter[_Written] = TypeAdapter(_Written)


def added(files: Iterable[InstrumentFile], ours: Sequence[Instrument]) -> tuple[Instrument, ...]:
    """Ours and then the site's, in the order of the files.

    Raises `Refused` with one line for every fault, each naming the file, the field and the rule.
    """
    known, faults = list(ours), list[str]()
    for file in files:
        try:
            instrument = parsed(file.text)
            _checked(instrument, known)
        except Refused as refused:
            faults += [f"{file.name}: {line}" for line in str(refused).splitlines()]
        else:
            known.append(instrument)
    if faults:
        raise Refused("\n".join(faults))
    return tuple(known)


def parsed(text: str) -> Instrument:
    """The instrument that a file says; raises `Refused`, a line for every fault of its form."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"is not TOML: {error}.") from None
    named = said.pop(NAMED, {})
    said.setdefault(SEVERAL_SOURCES, list(named) if isinstance(named, Mapping) else [])
    try:
        written = _written.validate_json(to_json(_cited(said, named, "")))
    except ValidationError as error:
        raise Refused("\n".join(map(_sentence, error.errors()))) from None
    return _instrument(written)


def _instrument(written: _Written) -> Instrument:
    given = {field.name: getattr(written, field.name) for field in fields(Instrument)}
    answer_codes = {
        (system, code): value
        for system, codes in written.answer_codes.items()
        for code, value in codes.items()
    }
    canonicals = written.canonicals or (questionnaire(written.id),)
    return Instrument(**given | {"answer_codes": answer_codes, "canonicals": canonicals})


def _checked(instrument: Instrument, known: Sequence[Instrument]) -> None:
    """What is known breaks no rule, so whatever is objected to is this instrument's."""
    objections = instrument_checks.objections([*known, instrument])
    if not objections:
        objections = tuple(_invalid(instrument))
    if objections:
        raise Refused("\n".join(objections))


def _invalid(instrument: Instrument) -> Iterator[str]:
    """What its Questionnaire would break of FHIR."""
    for form in questionnaires([instrument]):
        for issue in validate(form):
            yield f"{instrument.id}: its Questionnaire would not be valid: {issue.message}"


def _cited(said: Any, named: Any, path: str) -> Any:
    """The same with every source that is named in its place."""
    if isinstance(said, list):
        return [_cited(each, named, f"{path}[{place}]") for place, each in enumerate(said)]
    if not isinstance(said, Mapping):
        return said
    found = dict[str, Any]()
    for name, value in said.items():
        place = f"{path}.{name}" if path else name
        if name in ONE_SOURCE:
            found[name] = _source(value, named, place)
        elif name == SEVERAL_SOURCES and isinstance(value, list):
            found[name] = [_source(v, named, f"{place}[{n}]") for n, v in enumerate(value)]
        else:
            found[name] = _cited(value, named, place)
    return found


def _source(said: Any, named: Any, place: str) -> Any:
    if not isinstance(said, str):
        return said
    if not isinstance(named, Mapping) or said not in named:
        raise Refused(f"{place}: there is no table [{NAMED}.{said}].")
    return named[said]


def _sentence(error: ErrorDetails) -> str:
    match error["type"]:
        case "unexpected_keyword_argument":
            rule = "is no field of an instrument, or of this part of one"
        case "missing":
            rule = "is missing"
        case _:
            rule = error["msg"].replace("Input should", "should", 1)
    return f"{_place(error['loc'])}: {rule}."


def _place(parts: Iterable[int | str]) -> str:
    """`scales[0].missing.source`."""
    place = ""
    for part in parts:
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".").removesuffix(".[key]")
