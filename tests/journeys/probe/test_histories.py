"""The histories of a type and of the system: http://hl7.org/fhir/R4/http.html#history"""

from tests.journeys.probe.exchange import history
from tests.journeys.probe.resources import patient, practitioner
from tests.journeys.probe.speech import Probe, link, outcome


def test_the_type_has_a_history(probe: Probe, mark: str) -> None:
    (name,) = probe.stored(patient(mark))
    probe.delete(name)
    newest = history(probe, "Patient/_history?_count=2")["entry"]
    assert [entry["request"]["method"] for entry in newest] == ["DELETE", "POST"]
    assert {entry["fullUrl"] for entry in newest} == {f"{probe.base}/{name}"}


def test_the_type_s_history_holds_that_type_only(probe: Probe, mark: str) -> None:
    probe.stored(practitioner(mark))
    bundle = history(probe, "Patient/_history?_count=100")
    assert {e["fullUrl"].split("/")[-2] for e in bundle["entry"]} == {"Patient"}


def test_the_system_has_a_history(probe: Probe, mark: str) -> None:
    first = probe.stored(patient(mark), practitioner(mark))
    newest = history(probe, "_history?_count=2")["entry"]
    assert [entry["fullUrl"] for entry in newest] == [f"{probe.base}/{n}" for n in first[::-1]]


def test_pages_of_the_system_s_history_go_on_while_others_write(probe: Probe, mark: str) -> None:
    names = probe.stored(*(patient(mark) for _ in range(4)))
    first = history(probe, "_history?_count=2")
    probe.stored(patient(mark))
    following = link(first, "next")
    assert following is not None
    seen = [e["fullUrl"] for e in (*first["entry"], *history(probe, following)["entry"])]
    assert seen == [f"{probe.base}/{name}" for name in names[::-1]]


def test_the_history_of_an_unknown_type_is_404(probe: Probe) -> None:
    outcome(probe.read("Nonsense/_history"), 404)
