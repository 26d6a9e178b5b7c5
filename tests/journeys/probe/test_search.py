"""What every search answers: http://hl7.org/fhir/R4/search.html"""

import pytest

from tests.journeys.probe.resources import patient, weighed
from tests.journeys.probe.speech import Probe, entries, link, matched, outcome


@pytest.fixture(scope="module")
def pair(probe: Probe, module_mark: str) -> list[str]:
    return probe.stored(
        patient(module_mark, gender="female", active=True),
        patient(module_mark, gender="male", active=True),
    )


def test_nothing_found_is_200_and_an_empty_bundle(probe: Probe, mark: str) -> None:
    bundle = probe.search(f"Patient?identifier={mark}")
    assert "entry" not in bundle
    assert bundle.get("total", 0) == 0


def test_an_unknown_type_is_404(probe: Probe) -> None:
    outcome(probe.read("Nonsense?_id=1"), 404)


def test_every_entry_says_that_it_is_a_match(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}")
    assert [entry["search"]["mode"] for entry in bundle["entry"]] == ["match", "match"]


def test_every_entry_has_an_absolute_address(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}")
    assert {e["fullUrl"] for e in entries(bundle)} == {f"{probe.base}/{name}" for name in pair}


def test_self_says_what_was_searched(probe: Probe, module_mark: str) -> None:
    """http://hl7.org/fhir/R4/search.html#conformance"""
    self = link(probe.search(f"Patient?identifier={module_mark}&gender=male"), "self")
    assert self is not None
    assert self.startswith(f"{probe.base}/Patient?")
    assert f"identifier={module_mark}" in self
    assert "gender=male" in self


def test_the_total_counts_the_matches(probe: Probe, pair: list[str], module_mark: str) -> None:
    path = f"Patient?identifier={module_mark}&_total=accurate&_count=1"
    assert probe.search(path)["total"] == 2


def test_without_parameters_a_search_finds_the_type(probe: Probe, pair: list[str]) -> None:
    bundle = probe.search("Patient?_count=1")
    assert len(entries(bundle, "match")) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_parameter_is_refused_and_named(probe: Probe, method: str) -> None:
    path = "Patient?favourite-colour=blue" if method == "GET" else "Patient/_search"
    answer = probe.ask(
        method,
        path,
        None if method == "GET" else b"favourite-colour=blue",
        Content_Type="application/x-www-form-urlencoded",
    )
    assert "favourite-colour" in outcome(answer, 400)


def test_an_unknown_modifier_is_refused_and_named(probe: Probe) -> None:
    assert "nonsense" in outcome(probe.read("Patient?gender:nonsense=male"), 400)


@pytest.mark.parametrize(
    "wrong",
    ["gender:exact=male", "family:below=a", "birthdate:contains=1970", "birthdate=yesterday",
     "birthdate=xx2020-01-01", "birthdate=2020-13-01", "gender=a|b|c", "active:missing=perhaps",
     "_count=many", "_count=-1", "_lastUpdated=soon", "_summary=perhaps", "_total=perhaps"],
)  # fmt: skip
def test_a_value_or_modifier_that_does_not_fit_is_refused(probe: Probe, wrong: str) -> None:
    answer = probe.read(f"Patient?{wrong}")
    assert wrong.split("=", maxsplit=1)[0].split(":", maxsplit=1)[0] in outcome(answer, 400)


def test_lenient_ignores_what_it_does_not_know_and_says_so(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    """http://hl7.org/fhir/R4/search.html#errors"""
    path = f"Patient?identifier={module_mark}&favourite-colour=blue"
    bundle = probe.search(path, Prefer="handling=lenient")
    assert set(matched(bundle)) == set(pair)
    assert "favourite-colour" not in str(link(bundle, "self"))
    (told,) = entries(bundle, "outcome")
    assert told["resource"]["resourceType"] == "OperationOutcome"
    assert "favourite-colour" in str(told["resource"])


def test_strict_refuses_what_it_does_not_know(probe: Probe) -> None:
    answer = probe.read("Patient?favourite-colour=blue", Prefer="handling=strict")
    outcome(answer, 400)


def test_post_searches_as_get_does(probe: Probe, pair: list[str], module_mark: str) -> None:
    got = probe.search(f"Patient?identifier={module_mark}&gender=male")
    answer = probe.ask(
        "POST",
        "Patient/_search",
        f"identifier={module_mark}&gender=male".encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert matched(answer.json()) == matched(got) == [pair[1]]


def test_post_takes_parameters_of_address_and_body_together(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    answer = probe.ask(
        "POST",
        f"Patient/_search?identifier={module_mark}",
        b"gender=male",
        Content_Type="application/x-www-form-urlencoded; charset=utf-8",
    )
    assert matched(answer.json()) == [pair[1]]


def test_post_with_another_content_type_is_refused(probe: Probe) -> None:
    outcome(probe.ask("POST", "Patient/_search", {"gender": "male"}), {400, 415})


def test_a_head_of_a_search_has_no_body(probe: Probe, pair: list[str]) -> None:
    answer = probe.ask("HEAD", "Patient?_count=1")
    assert answer.status_code == 200
    assert answer.content == b""


def test_several_ids_are_either_of_them(probe: Probe, pair: list[str]) -> None:
    ids = ",".join(name.split("/")[1] for name in pair)
    assert probe.matches(f"Patient?_id={ids}") == set(pair)


def test_repeated_parameters_are_all_of_them(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    both = f"Patient?identifier={module_mark}&gender=male&gender=female"
    assert probe.matches(both) == set()
    either = f"Patient?identifier={module_mark}&gender=male,female"
    assert probe.matches(either) == set(pair)


def test_last_updated_is_searched_like_a_date(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    found = f"Patient?identifier={module_mark}&_lastUpdated="
    assert probe.matches(f"{found}gt2020-01-01") == set(pair)
    assert probe.matches(f"{found}lt2020-01-01") == set()
    instant = probe.read(pair[0]).json()["meta"]["lastUpdated"]
    assert pair[0] in probe.matches(f"{found}{instant.replace('+', '%2B')}")


@pytest.mark.parametrize(
    "asked",
    ["_tag=http://probe.example/tags|{mark}", "_security=http://probe.example/labels|{mark}",
     "_profile=http://probe.example/StructureDefinition/{mark}"],
)  # fmt: skip
def test_what_stands_in_meta_is_searched(probe: Probe, mark: str, asked: str) -> None:
    meta = {
        "profile": [f"http://probe.example/StructureDefinition/{mark}"],
        "tag": [{"system": "http://probe.example/tags", "code": mark}],
        "security": [{"system": "http://probe.example/labels", "code": mark}],
    }
    (name,) = probe.stored(weighed(mark, meta=meta))
    assert probe.matches(f"Observation?{asked.format(mark=mark)}") == {name}
    assert probe.matches(f"Observation?{asked.format(mark=mark)}x") == set()


def test_a_format_in_the_address_is_no_search_parameter(
    probe: Probe, pair: list[str], module_mark: str
) -> None:
    bundle = probe.search(f"Patient?identifier={module_mark}&_format=json&_pretty=true")
    assert len(matched(bundle)) == 2


def test_names_of_parameters_have_their_case(probe: Probe) -> None:
    outcome(probe.read("Patient?Gender=male"), 400)
