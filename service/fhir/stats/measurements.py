"""Which measurements an Observation holds, and of which code.

http://hl7.org/fhir/R4/observation-operation-stats.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.fhir.meanings import meanings, together
from service.fhir.references import local
from service.fhir.resource import Identity, Resource
from service.fhir.search.coded import EFFECTIVE
from service.fhir.search.elements import EARLIEST, codings, span
from service.fhir.search.paths import reader


@dataclass(frozen=True, kw_only=True)
class Observed:
    """An Observation, and the start of its effective time; None where it has none."""

    identity: Identity
    resource: Resource
    when: datetime | None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit is another one where system and code differ, or for want of a code its text."""

    system: str | None
    code: str | None
    text: str | None

    @property
    def key(self) -> tuple[str, str]:
        return (self.system or "", self.code) if self.code else ("", self.text or "")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What an Observation or one of its components says of its code."""

    source: Observed
    concept: Any
    when: datetime | None
    value: Fraction | None
    """None where there is no number that a statistic could rest on."""
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A code that statistics are asked of; without a system, that code in any."""

    system: str | None
    code: str
    display: str | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """All measurements of one code."""

    concept: Resource
    measurements: Sequence[Measurement]


def observed(identity: Identity, resource: Resource, zone: tzinfo) -> Observed:
    effective = next((span(e, zone) for e in reader(EFFECTIVE)(resource)), None)
    start = None if effective is None or effective[0] == EARLIEST else effective[0]
    return Observed(identity=identity, resource=resource, when=start)


def panel(resource: Resource) -> bool:
    """Whether an Observation has its values in components and members only."""
    own = any(name.startswith("value") for name in resource)
    return not own and bool(resource.get("component") or resource.get("hasMember"))


def members(resource: Resource, base_url: str) -> list[Identity]:
    """The Observations of this server that a panel has as members."""
    named = (local(str(m.get("reference")), base_url) for m in resource.get("hasMember") or ())
    return [identity for identity in named if identity and identity.type == "Observation"]


def is_of(observation: Observed, asked: Asked) -> bool:
    """Whether the Observation's own code is the one asked."""
    return _coding(observation.resource.get("code"), asked) is not None


def series(
    asked: Asked,
    observations: Sequence[Observed],
    known: Mapping[Identity, Observed],
    base_url: str,
) -> list[Series]:
    """The measurements of a code, by its systems, and those of the members of its panels, by their
    own codes; one without measurements where there are none at all.

    `known` has the members of panels, and theirs; those that are missing there are left out.
    """
    own: dict[tuple[str, str], list[Measurement]] = {}
    parts: dict[tuple[Identity, int], Measurement] = {}
    for observation in observations:
        if is_of(observation, asked) and panel(observation.resource):
            parts |= _unfolded(observation, known, base_url)
            continue
        for holder in (observation.resource, *(observation.resource.get("component") or ())):
            if coding := _coding(holder.get("code"), asked):
                own.setdefault(coding, []).append(_measurement(observation, holder))
    found = [
        Series(concept=_concept(system, asked), measurements=own[system, code])
        for system, code in sorted(own)
    ]
    groups = together(
        sorted(parts.values(), key=lambda part: sorted(meanings(part.concept))),
        lambda part: meanings(part.concept),
    )
    found += [Series(concept=_newest(group), measurements=group) for group in groups]
    return found or [Series(concept=_concept(asked.system or "", asked), measurements=())]


def _unfolded(
    observation: Observed, known: Mapping[Identity, Observed], base_url: str
) -> dict[tuple[Identity, int], Measurement]:
    """By the Observation and the place in it; a member without a time is as old as its panel."""
    found: dict[tuple[Identity, int], Measurement] = {}
    seen = {observation.identity}
    waiting = [(observation, observation.when)]
    while waiting:
        one, when = waiting.pop()
        if not panel(one.resource):
            found[one.identity, 0] = _measurement(one, one.resource, when)
            continue
        for place, component in enumerate(one.resource.get("component") or (), 1):
            found[one.identity, place] = _measurement(one, component, when)
        for identity in members(one.resource, base_url):
            member = known.get(identity)
            if member is not None and identity not in seen:
                seen.add(identity)
                waiting.append((member, member.when or when))
    return found


def _coding(concept: Any, asked: Asked) -> tuple[str, str] | None:
    return next(
        (
            (system, code)
            for system, code in codings(concept)
            if code == asked.code and asked.system in (None, system)
        ),
        None,
    )


def _concept(system: str, asked: Asked) -> Resource:
    members_ = {"system": system or None, "code": asked.code, "display": asked.display}
    return {"coding": [{name: value for name, value in members_.items() if value is not None}]}


def _newest(group: Sequence[Measurement]) -> Resource:
    """The code as the newest measurement has it; equally new ones are told by their text."""
    newest = max(group, key=lambda part: (part.when or EARLIEST, str(part.concept)))
    return dict(newest.concept)


def _measurement(
    source: Observed, holder: Mapping[str, Any], when: datetime | None = None
) -> Measurement:
    quantity = holder.get("valueQuantity")
    quantity = quantity if isinstance(quantity, Mapping) else {}
    return Measurement(
        source=source,
        concept=holder.get("code"),
        when=when or source.when,
        value=None if _modified(source.resource, holder, quantity) else _exact(quantity),
        unit=Unit(
            system=quantity.get("system"), code=quantity.get("code"), text=quantity.get("unit")
        ),
    )


def _modified(*parts: Mapping[str, Any]) -> bool:
    """Whether the number is not what it seems: by a comparator, or an extension that modifies."""
    return any(part.get("modifierExtension") or part.get("comparator") for part in parts)


def _exact(quantity: Mapping[str, Any]) -> Fraction | None:
    value = quantity.get("value")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Fraction(value)
