"""Includes: http://hl7.org/fhir/R4/search.html#revinclude"""

import pytest

from tests.journeys.probe.resources import (
    encounter,
    identifier,
    observation,
    patient,
    practitioner,
    weighed,
)
from tests.journeys.probe.speech import Probe, included, link, matched, outcome


@pytest.fixture(scope="module")
def net(probe: Probe, module_mark: str) -> dict[str, str]:
    """Two observations of one encounter of one patient, whom one practitioner sees."""
    (d,) = probe.stored(practitioner(module_mark))
    (p,) = probe.stored(patient(module_mark, generalPractitioner=[{"reference": d}]))
    (e,) = probe.stored(
        encounter(
            p, participant=[{"individual": {"reference": d}}], identifier=identifier(module_mark)
        )
    )
    one, two = probe.stored(
        *(
            observation(p, encounter={"reference": e}, identifier=identifier(module_mark))
            for _ in range(2)
        )
    )
    (member,) = probe.stored(
        observation(
            p, identifier=identifier(f"{module_mark}-panel"), hasMember=[{"reference": one}]
        )
    )
    return {"d": d, "p": p, "e": e, "one": one, "two": two, "panel": member}


@pytest.mark.parametrize(
    ("asked", "matches", "includes"),
    [
        ("Observation?identifier={mark}&_include=Observation:subject", "one two", "p"),
        ("Observation?identifier={mark}&_include=Observation:subject:Patient", "one two", "p"),
        ("Observation?identifier={mark}&_include=Observation:subject:Group", "one two", ""),
        ("Observation?identifier={mark}&_include=Observation:patient", "one two", "p"),
        ("Observation?identifier={mark}&_include=Observation:encounter", "one two", "e"),
        (
            (
                "Observation?identifier={mark}&_include=Observation:subject"
                "&_include=Observation:encounter"
            ),
            "one two",
            "p e",
        ),
        ("Observation?identifier={mark}&_include=*", "one two", "p e"),
        ("Observation?identifier={mark}&_include=Observation:*", "one two", "p e"),
        (
            (
                "Observation?identifier={mark}&_include=Observation:subject"
                "&_include:iterate=Patient:general-practitioner"
            ),
            "one two",
            "p d",
        ),
        ("Observation?identifier={mark}-panel&_include=Observation:has-member", "panel", "one"),
        (
            (
                "Observation?identifier={mark}-panel&_include=Observation:has-member"
                "&_include:iterate=Observation:encounter&_include:iterate=Encounter:participant"
            ),
            "panel",
            "one e d",
        ),
        ("Encounter?identifier={mark}&_revinclude=Observation:encounter", "e", "one two"),
        ("Patient?identifier={mark}&_revinclude=Encounter:subject", "p", "e"),
        (
            (
                "Patient?identifier={mark}&_revinclude=Encounter:patient"
                "&_revinclude:iterate=Observation:encounter"
            ),
            "p",
            "e one two",
        ),
        ("Practitioner?identifier={mark}&_revinclude=Patient:general-practitioner", "d", "p"),
        (
            (
                "Patient?identifier={mark}&_include=Patient:general-practitioner"
                "&_revinclude=Encounter:patient"
            ),
            "p",
            "d e",
        ),
        ("Observation?identifier={mark}&_revinclude=Observation:has-member", "one two", "panel"),
    ],
)
def test_an_include_brings(
    probe: Probe,
    net: dict[str, str],
    module_mark: str,
    asked: str,
    matches: str,
    includes: str,
) -> None:
    bundle = probe.search(asked.format(mark=module_mark))
    names = {id_: name for name, id_ in net.items()}
    assert sorted(names[id_] for id_ in matched(bundle)) == sorted(matches.split())
    assert sorted(names[id_] for id_ in included(bundle)) == sorted(includes.split())


def test_an_include_from_what_is_only_included_brings_nothing(
    probe: Probe, net: dict[str, str], module_mark: str
) -> None:
    """Without `:iterate` it starts at matches: it may be refused, and is never followed."""
    path = f"Observation?identifier={module_mark}&_include=Patient:general-practitioner"
    answer = probe.read(path)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert included(answer.json()) == []


def test_the_total_counts_matches_only(probe: Probe, net: dict[str, str], module_mark: str) -> None:
    path = f"Observation?identifier={module_mark}&_include=Observation:subject&_total=accurate"
    assert probe.search(path)["total"] == 2


def test_what_matches_is_not_included_again(
    probe: Probe, net: dict[str, str], module_mark: str
) -> None:
    ids = ",".join(net[name].split("/")[1] for name in ("one", "panel"))
    bundle = probe.search(f"Observation?_id={ids}&_include=Observation:has-member")
    assert sorted(matched(bundle)) == sorted([net["one"], net["panel"]])
    assert included(bundle) == []


def test_self_says_what_was_included(probe: Probe, net: dict[str, str], module_mark: str) -> None:
    path = f"Observation?identifier={module_mark}&_include=Observation:subject"
    self = link(probe.search(path), "self")
    assert "_include=Observation" in str(self)


def test_a_reference_to_elsewhere_brings_nothing(probe: Probe, mark: str) -> None:
    away = {"reference": "http://elsewhere.example/fhir/Patient/1"}
    probe.stored(weighed(mark, subject=away))
    bundle = probe.search(f"Observation?identifier={mark}&_include=Observation:subject")
    assert len(matched(bundle)) == 1
    assert included(bundle) == []


def test_what_was_deleted_is_not_included(probe: Probe, mark: str) -> None:
    (p,) = probe.stored(patient(mark))
    probe.stored(observation(p, identifier=identifier(mark)))
    if probe.delete(p).status_code in {200, 204}:
        bundle = probe.search(f"Observation?identifier={mark}&_include=Observation:subject")
        assert included(bundle) == []


@pytest.mark.parametrize(
    "wrong",
    ["_include=Observation:nonsense", "_include=Nonsense:subject", "_include=Observation",
     "_include=Observation:code", "_revinclude=Observation:nonsense",
     "_include=Observation:subject:Nonsense"],
)  # fmt: skip
def test_an_include_that_is_not_known_is_refused(probe: Probe, wrong: str) -> None:
    assert wrong.split("=")[0] in outcome(probe.read(f"Observation?_id=x&{wrong}"), 400)


def test_an_include_reaches_through_a_search_by_post(
    probe: Probe, net: dict[str, str], module_mark: str
) -> None:
    answer = probe.ask(
        "POST",
        "Observation/_search",
        f"identifier={module_mark}&_include=Observation:subject".encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert included(answer.json()) == [net["p"]]


def test_what_is_included_comes_with_its_own_page(probe: Probe, mark: str) -> None:
    patients = probe.stored(patient(mark), patient(mark))
    probe.stored(*(weighed(mark, subject={"reference": p}) for p in patients))
    path = f"Observation?identifier={mark}&_include=Observation:subject&_count=1&_sort=_lastUpdated"
    pages = list(probe.pages(path))
    assert [len(matched(page)) for page in pages] == [1, 1]
    assert [included(page) for page in pages] == [[patients[0]], [patients[1]]]
