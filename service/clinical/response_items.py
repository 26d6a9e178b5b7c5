"""The answers of a QuestionnaireResponse one by one, and the items they are linked to.

Recognised: linkIds `1`, `2` and so on, an item's LOINC code, and a path that ends with it
(`/44250-9`, `/44249-1/44250-9`), also where a counter of repetitions follows (`/44250-9/1`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.clinical.canonical import LOINC
from service.clinical.definitions import Instrument, Scale, Scoring
from service.clinical.elements import Element, each, text, value
from service.fhir.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer that has a value, and where it stands."""

    link_id: str
    expression: str
    element: Element

    @property
    def code(self) -> str:
        """The code at the end of a path; a linkId that is no path is its own code."""
        if not self.link_id.startswith("/"):
            return self.link_id
        segments = [part for part in self.link_id.split("/") if part and not part.isdecimal()]
        return segments[-1] if segments else self.link_id


def answered(response: Resource) -> Iterator[Answered]:
    """Every answer with a value, in groups or under answers, in the order of the form."""
    yield from _answered(response, "QuestionnaireResponse")


def _answered(element: Element, path: str) -> Iterator[Answered]:
    for place, item in each(element, "item"):
        at = f"{path}.item[{place}]"
        for number, answer in each(item, "answer"):
            where = f"{at}.answer[{number}]"
            if value(answer) is not None:
                link_id = text(item, "linkId") or ""
                yield Answered(link_id=link_id, expression=where, element=answer)
            yield from _answered(answer, where)
        yield from _answered(item, at)


def items_by_link(instrument: Instrument) -> Mapping[str, int]:
    """linkId or code -> number of the item it stands for."""
    links = {str(item.number): item.number for item in instrument.items}
    for item in instrument.items:
        links |= {code.code: item.number for code in item.codes if code.system == LOINC}
    return links


def totalled(instrument: Instrument) -> Scale:
    """The scale that a total of the form is a total of."""
    return next(scale for scale in instrument.scales if scale.primary)


def scales_by_link(instrument: Instrument) -> Mapping[str, Scale]:
    """linkId -> scale whose score a form of ours carries under it, in the order of the scales."""
    of_total = totalled(instrument)
    total = next(iter(instrument.total_link_ids), of_total.id)
    return {
        total if scale is of_total else scale.id: scale
        for scale in instrument.scales
        if scale.scoring is not Scoring.EXTERNAL
    }
