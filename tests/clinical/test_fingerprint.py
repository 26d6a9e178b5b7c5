"""A fingerprint is another one when something that decides what is derived is."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from service.clinical.catalogue import build
from service.clinical.choices import Choices
from service.clinical.definitions import Figure
from service.clinical.derive import Derivation
from service.clinical.fingerprint import fingerprint
from tests.clinical.expected import EXPECTING
from tests.clinical.patient_facts import ENGINE

FIRST, *OTHERS = ENGINE.rules
PHQ_9 = ENGINE.catalogue.by_id["phq-9"]


def with_cutoff(value: float) -> Derivation:
    """The PHQ-9 with another first value of the clinical range."""
    total, *others = PHQ_9.scales
    assert total.cutoff is not None
    cutoff = Figure(value=value, source=total.cutoff.source)
    changed = replace(PHQ_9, scales=(replace(total, cutoff=cutoff), *others))
    rest = [i for i in ENGINE.catalogue.instruments if i is not PHQ_9]
    return replace(ENGINE, catalogue=build([changed, *rest]))


@pytest.mark.parametrize(
    "other",
    [
        replace(ENGINE, rules=(replace(FIRST, revision=FIRST.revision + 1), *OTHERS)),
        replace(ENGINE, rules=tuple(OTHERS)),
        replace(ENGINE, gap_days=ENGINE.gap_days + 1),
        replace(ENGINE, read_by=("Europe/Vienna", "")),
        EXPECTING,
        replace(ENGINE, choices=Choices(contact_days=3)),
        with_cutoff(11),
    ],
    ids=["a revision", "a rule less", "the gap", "the zone", "curves", "a choice", "a threshold"],
)
def test_what_changes_findings_changes_the_fingerprint(other: Derivation) -> None:
    assert other.fingerprint != ENGINE.fingerprint


def test_the_order_of_the_rules_and_their_words_about_themselves_change_nothing() -> None:
    said = replace(FIRST, documentation="In other words.")
    assert replace(ENGINE, rules=(*OTHERS, said)).fingerprint == ENGINE.fingerprint


def test_another_process_finds_the_same() -> None:
    """Neither addresses in memory nor the seed of hashes are in it."""
    code = "from tests.clinical.patient_facts import ENGINE; print(ENGINE.fingerprint)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ENGINE.fingerprint


@dataclass(frozen=True, kw_only=True)
class Option:
    limits: Mapping[str, float]
    find: Any = None


def test_mappings_and_sets_have_no_order_and_functions_no_say() -> None:
    first = Option(limits={"a": 1, "b": 2}, find=len)
    assert fingerprint(first) == fingerprint(Option(limits={"b": 2, "a": 1}, find=sum))
    assert fingerprint(first) != fingerprint(Option(limits={"a": 1, "b": 3}, find=len))
    assert fingerprint({"a", "b"}) == fingerprint({"b", "a"})
    assert fingerprint(1) != fingerprint("1")


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no fingerprint"):
        fingerprint(object())
