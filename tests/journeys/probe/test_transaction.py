"""transaction: http://hl7.org/fhir/R4/http.html#transaction"""

import pytest

from tests.journeys.probe.exchange import done, name, urn
from tests.journeys.probe.resources import (
    batch,
    bundle,
    encounter,
    entry,
    identifier,
    observation,
    patient,
    transaction,
    weighed,
)
from tests.journeys.probe.speech import Json, Probe, outcome


def test_answers_stand_in_the_order_of_the_request(probe: Probe, mark: str) -> None:
    """Though DELETE is done before POST, and GET last."""
    (gone, kept) = probe.stored(patient(mark), patient(mark))
    made = probe.read(kept).json()
    told = done(
        probe,
        transaction(
            entry("GET", kept),
            entry("POST", "Patient", patient(mark)),
            entry("PUT", kept, made | {"active": True}),
            entry("DELETE", gone),
        ),
    )
    assert [each["response"]["status"][:3] for each in told] == ["200", "201", "200", "204"]


def test_a_get_sees_what_the_transaction_wrote(probe: Probe, mark: str) -> None:
    (kept,) = probe.stored(patient(mark))
    made = probe.read(kept).json()
    told = done(probe, transaction(entry("GET", kept), entry("PUT", kept, made | {"active": True})))
    assert told[0]["resource"]["active"] is True


def test_every_answer_says_where_and_which_version(probe: Probe, mark: str) -> None:
    (told,) = done(probe, transaction(entry("POST", "Patient", patient(mark))))
    response = told["response"]
    assert response["etag"] == 'W/"1"'
    assert "/_history/1" in response["location"]
    assert response["lastModified"]
    assert probe.read(name(told)).status_code == 200


def test_a_reference_to_an_entry_becomes_one_to_what_was_made(probe: Probe, mark: str) -> None:
    p = urn()
    told = done(
        probe,
        transaction(
            entry("POST", "Observation", observation(p)),
            entry("POST", "Patient", patient(mark), full_url=p),
        ),
    )
    stored = probe.read(name(told[0])).json()
    assert stored["subject"]["reference"] == name(told[1])


def test_entries_may_refer_to_each_other_in_a_circle(probe: Probe, mark: str) -> None:
    first, second = urn(), urn()
    one = weighed(mark, hasMember=[{"reference": second}])
    two = weighed(mark, derivedFrom=[{"reference": first}])
    told = done(
        probe,
        transaction(
            entry("POST", "Observation", one, full_url=first),
            entry("POST", "Observation", two, full_url=second),
        ),
    )
    stored_one, stored_two = (probe.read(name(each)).json() for each in told)
    assert stored_one["hasMember"][0]["reference"] == name(told[1])
    assert stored_two["derivedFrom"][0]["reference"] == name(told[0])


def test_a_urn_is_replaced_wherever_it_stands(probe: Probe, mark: str) -> None:
    """In references, in uri, url, oid and uuid elements, and in links of the narrative."""
    p = urn()
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{p}">her</a> told {p}</div>'
    sent = observation(p) | {
        "text": {"status": "generated", "div": div},
        "extension": [
            {"url": "http://probe.example/r", "valueReference": {"reference": p}},
            {"url": "http://probe.example/a", "valueAttachment": {"url": p}},
            {"url": "http://probe.example/u", "valueUri": p},
        ],
        "note": [{"text": f"text that names {p}"}],
    }
    told = done(
        probe,
        transaction(
            entry("POST", "Patient", patient(mark), full_url=p), entry("POST", "Observation", sent)
        ),
    )
    stored = probe.read(name(told[1])).json()
    here = name(told[0])
    reference, attachment, uri = stored["extension"]
    assert reference["valueReference"]["reference"] == here
    assert attachment["valueAttachment"]["url"].endswith(here)
    assert uri["valueUri"].endswith(here)
    assert f'{here}">her</a>' in stored["text"]["div"]
    assert p in stored["note"][0]["text"]


def test_a_reference_to_an_address_of_an_entry_is_replaced_too(probe: Probe, mark: str) -> None:
    away = f"http://elsewhere.example/fhir/Patient/{mark}"
    told = done(
        probe,
        transaction(
            entry("POST", "Patient", patient(mark), full_url=away),
            entry("POST", "Observation", observation(away)),
        ),
    )
    assert probe.read(name(told[1])).json()["subject"]["reference"] == name(told[0])


@pytest.mark.parametrize(
    "bad",
    [
        entry("POST", "Patient", {"resourceType": "Patient", "gender": "banana"}),
        entry("POST", "Nonsense", {"resourceType": "Nonsense"}),
        entry("PUT", "Patient/a", {"resourceType": "Patient", "id": "b"}),
        entry("POST", "Observation", observation("Patient/not-there-at-all")),
        entry("GET", "Patient/not-there-at-all"),
        {"resource": {"resourceType": "Patient"}},
        entry("POST", "Patient"),
        entry("BREW", "Patient", {"resourceType": "Patient"}),
        entry("PUT", "Patient/a/_history/1", {"resourceType": "Patient", "id": "a"}),
    ],
    ids=["content", "type", "id", "reference", "read", "no-request", "no-resource",
         "method", "version"],
)  # fmt: skip
def test_one_bad_entry_fails_the_whole(probe: Probe, mark: str, bad: Json) -> None:
    answer = probe.ask("POST", "", transaction(entry("POST", "Patient", patient(mark)), bad))
    assert 400 <= answer.status_code < 500
    outcome(answer, answer.status_code)
    assert probe.matches(f"Patient?identifier={mark}") == set()


def test_a_urn_that_no_entry_has_is_refused_or_kept_as_it_is(probe: Probe, mark: str) -> None:
    sent = observation(lost := urn())
    answer = probe.ask("POST", "", transaction(entry("POST", "Observation", sent)))
    if answer.status_code == 200:
        stored = probe.read(name(answer.json()["entry"][0])).json()
        assert stored["subject"]["reference"] == lost
    else:
        outcome(answer, {400, 422})


def test_a_failure_names_the_entry(probe: Probe, mark: str) -> None:
    bad = entry("POST", "Patient", patient(mark, gender="banana"))
    answer = probe.ask("POST", "", transaction(entry("POST", "Patient", patient(mark)), bad))
    assert "entry[1]" in outcome(answer, {400, 422})


def test_one_resource_twice_is_refused(probe: Probe, mark: str) -> None:
    """If any resource identities overlap, the transaction fails."""
    (kept,) = probe.stored(patient(mark))
    made = probe.read(kept).json()
    twice = transaction(entry("PUT", kept, made | {"active": True}), entry("DELETE", kept))
    outcome(probe.ask("POST", "", twice), 400)
    assert probe.read(kept).headers["etag"] == 'W/"1"'


def test_one_full_url_twice_is_refused(probe: Probe, mark: str) -> None:
    p = urn()
    twice = transaction(
        entry("POST", "Patient", patient(mark), full_url=p),
        entry("POST", "Patient", patient(mark), full_url=p),
    )
    outcome(probe.ask("POST", "", twice), 400)


def test_a_condition_finds_what_is_there_and_its_urn_leads_there(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    p = urn()
    told = done(
        probe,
        transaction(
            entry("POST", "Patient", patient(mark), full_url=p, ifNoneExist=f"identifier={mark}"),
            entry("POST", "Observation", observation(p)),
        ),
    )
    assert told[0]["response"]["status"].startswith("200")
    assert name(told[0]) == there
    assert probe.read(name(told[1])).json()["subject"]["reference"] == there


def test_a_condition_that_finds_many_fails_the_whole(probe: Probe, mark: str) -> None:
    probe.stored(patient(mark), patient(mark))
    sent = entry("POST", "Patient", patient(mark), ifNoneExist=f"identifier={mark}")
    outcome(probe.ask("POST", "", transaction(sent)), 412)


def test_a_condition_that_finds_nothing_creates(probe: Probe, mark: str) -> None:
    sent = entry("POST", "Patient", patient(mark), ifNoneExist=f"identifier={mark}")
    (told,) = done(probe, transaction(sent))
    assert told["response"]["status"].startswith("201")


def test_a_stale_version_fails_the_whole(probe: Probe, mark: str) -> None:
    made = probe.created(patient(mark))
    name_ = f"Patient/{made['id']}"
    stale = entry("PUT", name_, made | {"active": True}, ifMatch='W/"9"')
    outcome(probe.ask("POST", "", transaction(stale)), 412)
    assert probe.read(name_).headers["etag"] == 'W/"1"'


def test_the_current_version_is_honoured(probe: Probe, mark: str) -> None:
    made = probe.created(patient(mark))
    sent = entry("PUT", f"Patient/{made['id']}", made | {"active": True}, ifMatch='W/"1"')
    (told,) = done(probe, transaction(sent))
    assert told["response"]["etag"] == 'W/"2"'


def test_a_put_under_a_free_id_creates(probe: Probe, mark: str) -> None:
    (told,) = done(probe, transaction(entry("PUT", f"Patient/{mark}", patient(mark, id=mark))))
    assert told["response"]["status"].startswith("201")


def test_a_search_in_a_transaction_answers_a_bundle(probe: Probe, mark: str) -> None:
    told = done(
        probe,
        transaction(
            entry("GET", f"Patient?identifier={mark}"), entry("POST", "Patient", patient(mark))
        ),
    )
    found = told[0]["resource"]
    assert found["type"] == "searchset"
    assert len(found["entry"]) == 1


def test_an_empty_transaction_is_done(probe: Probe) -> None:
    answer = probe.ask("POST", "", {"resourceType": "Bundle", "type": "transaction"})
    assert answer.status_code == 200
    assert answer.json()["type"] == "transaction-response"


@pytest.mark.parametrize(
    "type_name", ["collection", "document", "searchset", "history", "message", "nonsense"]
)
def test_other_bundles_are_not_done(probe: Probe, mark: str, type_name: str) -> None:
    sent = bundle(type_name, entry("POST", "Patient", patient(mark)))
    outcome(probe.ask("POST", "", sent), {400, 422})
    assert probe.matches(f"Patient?identifier={mark}") == set()


def test_what_is_no_bundle_is_refused(probe: Probe, mark: str) -> None:
    outcome(probe.ask("POST", "", patient(mark)), 400)


def test_a_session_is_written_at_once(probe: Probe, mark: str) -> None:
    """Patient, encounter and observation, each leading to the one before."""
    p, e = urn(), urn()
    told = done(
        probe,
        transaction(
            entry("POST", "Patient", patient(mark), full_url=p),
            entry("POST", "Encounter", encounter(p), full_url=e),
            entry("POST", "Observation", observation(p, encounter={"reference": e},
                                                     identifier=identifier(mark))),
        ),
    )  # fmt: skip
    stored = probe.read(name(told[2])).json()
    assert stored["encounter"]["reference"] == name(told[1])
    assert probe.read(name(told[1])).json()["subject"]["reference"] == name(told[0])


def test_minimal_leaves_out_what_was_written(probe: Probe, mark: str) -> None:
    sent = transaction(entry("POST", "Patient", patient(mark)))
    body = probe.ask("POST", "", sent, Prefer="return=minimal").json()
    assert "resource" not in body["entry"][0]
    assert body["entry"][0]["response"]["location"]


def test_a_batch_within_a_transaction_is_refused(probe: Probe, mark: str) -> None:
    inner = batch(entry("POST", "Patient", patient(mark)))
    outcome(probe.ask("POST", "", transaction(entry("POST", "", inner))), {400, 404, 405, 422})
