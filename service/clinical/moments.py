"""When a record holds: the date it states, read in the site's zone."""

from datetime import date, datetime, tzinfo

from service.clinical.elements import Element, child, text
from service.fhir.datatypes import covered

PLACES = {
    "Observation": "effective",
    "QuestionnaireResponse": "authored",
    "Encounter": "period",
    "EpisodeOfCare": "period",
}
"""The element that dates a record of each type."""


def place(resource: Element) -> str:
    """FHIRPath of the element that dates `resource`."""
    kind = str(resource.get("resourceType"))
    return f"{kind}.{PLACES.get(kind, 'effective')}"


def stated(resource: Element) -> str | None:
    """The date of `resource`, to the letter; of a period its start, else its end."""
    for name in ("effectiveDateTime", "effectiveInstant", "authored"):
        if text(resource, name) is not None:
            return text(resource, name)
    period = child(resource, "effectivePeriod") or child(resource, "period")
    return text(period, "start") or text(period, "end")


def first(date_time: str | None, zone: tzinfo) -> datetime | None:
    """The first moment, in UTC, that a date or dateTime covers; None where it is neither."""
    try:
        return covered(date_time or "", zone)[0]
    except (ValueError, OverflowError):
        return None


def day(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment in `zone`; at the ends of time, the day in its own zone."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()
