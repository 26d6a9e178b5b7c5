"""Numbers that a site sets of single scales, with their sources."""

from dataclasses import replace

import pytest

from service.clinical.catalogue import adjusted, catalogue
from service.clinical.definitions import Figure, Refused, Source, Standing
from service.clinical.instruments.srs import BELOW_LAST
from tests.clinical.patient_facts import (
    ENGINE,
    form,
    of,
    one,
    part,
    parts,
    ready_made,
    sources,
    value,
    wai,
)

OURS = Source(citation="Our clinic 2025, n 210.", standing=Standing.DECIDED)
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def with_sd(value_: float, scale: str = "wai-sr"):
    figure = Figure(value=value_, source=OURS)
    return replace(ENGINE, catalogue=adjusted(ENGINE.catalogue, {scale: {"session_sd": figure}}))


def test_a_strain_is_judged_by_the_sites_own_sd_with_its_source() -> None:
    """Three times 4.0, then 3.25: t = 0.75 / (s * sqrt(4/3)), and s^2 = 6 / (6 + 4/3) * sd^2 since
    both differences are 0; 7 degrees of freedom. With 0.40, s is 0.3618 and t 1.80 (p .058); with
    0.15, s is 0.1357 and t 4.79 (p .001)."""
    scores = [wai(1, 48), wai(2, 48), wai(3, 48), wai(4, 39)]
    assert value(one("alliance-strain", *scores)) == "no-strain-shown"
    found = one("alliance-strain", *scores, engine=with_sd(0.15))
    assert value(found) == "marked-fall"
    assert part(found, "session-sd") == 0.15
    assert part(found, "reference-source") == "Our clinic 2025, n 210."


def test_a_scale_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="wai: there is no scale of this id"):
        with_sd(0.4, "wai")


def test_a_number_that_breaks_a_rule_is_refused_with_scale_and_field() -> None:
    with pytest.raises(Refused, match=r"scales\[wai-sr\].session_sd: must be above 0"):
        with_sd(0)
    with pytest.raises(Refused, match=r"scales\[phq-9\].session_sd: is read of alliance scales"):
        with_sd(2, "phq-9")


def test_nothing_set_is_nothing_changed() -> None:
    assert adjusted(catalogue(), {}) is catalogue()


DROPS = replace(ENGINE, catalogue=adjusted(ENGINE.catalogue, {"srs": {"ask_drop": BELOW_LAST}}))


def srs(session: float, total: float, **more: object):
    return form("srs", session, dict.fromkeys(range(1, 5), total / 4), **more)


@pytest.mark.parametrize(("latest", "labels"), [(37, [38]), (37.2, []), (39, []), (30, [38])])
def test_a_total_one_point_below_that_of_the_last_session_is_labelled(
    latest: float, labels: list[float]
) -> None:
    given = (srs(1, 30), srs(2, 38), wai(3, 48), srs(4, latest))
    labelled = of("srs", *given, engine=DROPS)[-1]
    assert parts(labelled, "ask-drop") == labels
    assert [o for o in of("srs", *given) if parts(o, "ask-drop")] == []


def test_the_label_names_the_score_it_was_compared_with_and_takes_its_labels() -> None:
    secret = ((CONFIDENTIALITY, "R"),)
    first, latest = of("srs", srs(1, 38, labels=secret), srs(2, 30), engine=DROPS)
    assert parts(first, "ask-drop") == []
    assert sources(latest) == ["QuestionnaireResponse/srs-2", f"Observation/{first['id']}"]
    assert latest["meta"]["security"] == [{"system": CONFIDENTIALITY, "code": "R"}]
    assert latest["effectiveDateTime"] == "2026-01-12T10:00:00+00:00"


def test_the_last_session_may_have_a_ready_made_total() -> None:
    given = (ready_made(1, "srs", 38), srs(2, 30))
    assert part(of("srs", *given, engine=DROPS)[-1], "ask-drop") == 38
