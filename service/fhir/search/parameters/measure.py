"""http://hl7.org/fhir/R4/measure.html#search, http://hl7.org/fhir/R4/library.html#search and
http://hl7.org/fhir/R4/measurereport.html#search"""

from service.fhir.search.parameters.canonical import published
from service.fhir.search.parameters.parameter import Parameter, code, date, reference, token

REPORT_STATUS = "http://hl7.org/fhir/measure-report-status"
MEDIA_TYPES = "urn:ietf:bcp:13"


def _related(family: str, kind: str, *also: str) -> Parameter:
    """What stands among the related artifacts as `kind`."""
    return reference(
        kind,
        f"{family}-{kind}",
        f"relatedArtifact(type={kind}).resource",
        *also,
        canonical=True,
    )


def _knowledge(family: str, *libraries: str) -> tuple[Parameter, ...]:
    """What both have; `libraries` are elements that it depends on by name."""
    return (
        *published(family),
        _related(family, "composed-of"),
        _related(family, "depends-on", *libraries),
        _related(family, "derived-from"),
        date("effective", f"{family}-effective", "effectivePeriod"),
        _related(family, "predecessor"),
        _related(family, "successor"),
        token("topic", f"{family}-topic", "topic"),
    )


MEASURE: tuple[Parameter, ...] = _knowledge("Measure", "library")

LIBRARY: tuple[Parameter, ...] = (
    *_knowledge("Library"),
    code("content-type", "Library-content-type", "content.contentType", system=MEDIA_TYPES),
    token("type", "Library-type", "type"),
)

MEASURE_REPORT: tuple[Parameter, ...] = (
    date("date", "MeasureReport-date", "date"),
    reference("evaluated-resource", "MeasureReport-evaluated-resource", "evaluatedResource"),
    token("identifier", "MeasureReport-identifier", "identifier"),
    reference("measure", "MeasureReport-measure", "measure", targets="Measure", canonical=True),
    reference("patient", "MeasureReport-patient", "subject", targets="Patient"),
    date("period", "MeasureReport-period", "period"),
    reference(
        "reporter",
        "MeasureReport-reporter",
        "reporter",
        targets="Practitioner Organization PractitionerRole Location",
    ),
    code("status", "MeasureReport-status", "status", system=REPORT_STATUS),
    reference(
        "subject",
        "MeasureReport-subject",
        "subject",
        targets="Practitioner Group Device Patient PractitionerRole RelatedPerson Location",
    ),
)
