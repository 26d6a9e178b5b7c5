"""The structure of every FHIR type, read off the models of `fhir.resources`: its only importer.

A `Shape` says which elements a type has, of which type, how often, and which of them are
alternatives. Values never pass through the models, which change decimals and dates.
`fhir.resources` has R4B; where R4, which is served, differs is said in `r4`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, get_origin

from fhir.resources.R4B import get_fhir_model_class
from pydantic.fields import FieldInfo

from service.fhir import r4

PRIMITIVE_MARKERS = MappingProxyType(
    {
        "Base64Binary": "base64Binary",
        "Canonical": "canonical",
        "Code": "code",
        "Date": "date",
        "DateTime": "dateTime",
        "Decimal": "decimal",
        "Id": "id",
        "Instant": "instant",
        "Integer": "integer",
        "Markdown": "markdown",
        "Oid": "oid",
        "PositiveInt": "positiveInt",
        "String": "string",
        "Time": "time",
        "UnsignedInt": "unsignedInt",
        "Uri": "uri",
        "Url": "url",
        "UuidVersion": "uuid",
        "Xhtml": "xhtml",
    }
)
"""How the models mark a primitive, and its name in FHIR."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element of a type, as it appears in JSON: a choice has one for each of its types."""

    name: str
    type: str
    """A primitive (`dateTime`), a datatype (`Quantity`), a part (`ObservationComponent`) or
    `Resource`."""
    primitive: bool
    many: bool
    choice: str | None
    """`value` for `valueQuantity`; None where the element has one type."""
    targets: frozenset[str]
    """The types that a Reference may name; empty where all may, and for anything else."""
    summary: bool
    """Whether `_summary=true` shows it."""

    @property
    def step(self) -> str:
        """The element's name in a FHIRPath."""
        return self.choice or self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The elements of one type."""

    name: str
    elements: Mapping[str, Element]
    required: tuple[tuple[str, ...], ...]
    """Of each group of JSON names one must be there."""


@cache
def shape(name: str) -> Shape:
    """The shape of a resource type, datatype or part; `KeyError` where R4 has no such type."""
    try:
        fields = get_fhir_model_class(name).model_fields
    except ValueError:
        raise KeyError(name) from None
    elements = {element.name: element for element in _elements(name, fields)}
    return Shape(
        name=name,
        elements=MappingProxyType(elements),
        required=tuple(_required(fields, elements)),
    )


def _elements(owner: str, fields: Mapping[str, FieldInfo]) -> Iterator[Element]:
    removed = r4.LATER_ELEMENTS.get(owner, frozenset())
    choices = dict[str | None, Element]()
    for field_name, description in fields.items():
        name = description.alias or field_name
        if name.startswith("_") or name == "fhir_comments" or name in removed:
            continue
        element = _element(owner, name, description)
        choices[element.choice] = element
        yield element
    for name, fhir_type, choice in r4.EARLIER_CHOICES.get(owner, ()):
        yield replace(
            choices[choice], name=name, type=fhir_type, primitive=False, targets=frozenset()
        )


def _element(owner: str, name: str, description: FieldInfo) -> Element:
    fhir_type, primitive, many = _type(description)
    extra = _extra(description)
    targets = r4.TARGETS.get(f"{owner}.{name}", extra.get("enum_reference_types", ()))
    return Element(
        name=name,
        type=r4.TYPES.get(f"{owner}.{name}", fhir_type),
        primitive=primitive,
        many=many,
        choice=extra.get("one_of_many"),
        targets=frozenset(targets) - {"Resource"},
        summary=bool(extra.get("summary_element_property")),
    )


def _type(description: FieldInfo) -> tuple[str, bool, bool]:
    """The FHIR type, whether it is a primitive, and whether it repeats."""
    many = False
    kinds = [description.annotation]
    while kinds:
        kind = kinds.pop()
        if get_origin(kind) is list:
            many = True
        for marker in getattr(kind, "__metadata__", ()):
            if type(marker).__name__ in PRIMITIVE_MARKERS:
                return PRIMITIVE_MARKERS[type(marker).__name__], True, many
        if kind is bool:
            return "boolean", True, many
        if isinstance(kind, type) and hasattr(kind, "get_model_klass"):
            return kind.__name__.removesuffix("Type"), False, many
        kinds.extend(get_args(kind))
    raise TypeError(f"The type of {description.alias} is not understood.")


def _required(
    fields: Mapping[str, FieldInfo], elements: Mapping[str, Element]
) -> Iterator[tuple[str, ...]]:
    seen = set[str]()
    for field_name, description in fields.items():
        name = description.alias or field_name
        extra = _extra(description)
        if name not in elements:
            continue
        if extra.get("one_of_many_required") and elements[name].step not in seen:
            seen.add(elements[name].step)
            yield tuple(e.name for e in elements.values() if e.choice == elements[name].choice)
        elif description.is_required() or extra.get("element_required"):
            yield (name,)


def _extra(description: FieldInfo) -> Mapping[str, Any]:
    extra = description.json_schema_extra
    return extra if isinstance(extra, dict) else {}
