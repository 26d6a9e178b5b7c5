"""Looking codes up in CodeSystems and ValueSets, ours by their canonicals and others as given.

http://hl7.org/fhir/R4/valueset.html#compositions
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from service.clinical.elements import Element, child, each, text
from service.errors import Invalid, Issue
from service.fhir.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Term:
    """A code of a system, with the version it was read in."""

    system: str
    code: str
    display: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """What is known of codes; `resources` are CodeSystems and ValueSets, the latter without circles
    of imports."""

    resources: tuple[Resource, ...]

    def code_system(self, canonical: str, version: str | None = None) -> Resource | None:
        """The CodeSystem of that address, in that version where one is named; None: unknown."""
        return self._find("CodeSystem", canonical, version)

    def value_set(self, canonical: str, version: str | None = None) -> Resource | None:
        """The ValueSet of that address, in that version where one is named; None: unknown."""
        return self._find("ValueSet", canonical, version)

    def members(self, value_set: Resource) -> tuple[Term, ...]:
        """The codes of a value set, each once, in the order of its definition.

        Raises `Invalid` where its definition asks for what is not known here.
        """
        return tuple(self._members(value_set))

    def codes_of(self, name: str) -> tuple[tuple[str, str], ...] | None:
        """(system, code) of every member of a value set, named by its canonical or as
        `ValueSet/[id]`; None: no such value set, or one that cannot be listed."""
        value_set = self._by_id.get(name) or self.value_set(name)
        return self._codes[str(value_set["url"])] if value_set is not None else None

    @cached_property
    def _by_url(self) -> Mapping[tuple[str, str], Resource]:
        return MappingProxyType({(r["resourceType"], r["url"]): r for r in self.resources})

    @cached_property
    def _by_id(self) -> Mapping[str, Resource]:
        value_sets = [r for r in self.resources if r["resourceType"] == "ValueSet"]
        return MappingProxyType({f"ValueSet/{r['id']}": r for r in value_sets if "id" in r})

    @cached_property
    def _codes(self) -> Mapping[str, tuple[tuple[str, str], ...] | None]:
        return MappingProxyType(
            {
                str(r["url"]): self._listed(r)
                for r in self.resources
                if r["resourceType"] == "ValueSet"
            }
        )

    def _listed(self, value_set: Resource) -> tuple[tuple[str, str], ...] | None:
        try:
            return tuple((term.system, term.code) for term in self.members(value_set))
        except Invalid:
            return None

    def _find(self, kind: str, canonical: str, version: str | None) -> Resource | None:
        url, _, named = canonical.partition("|")
        found = self._by_url.get((kind, url))
        wanted = {v for v in (named, version) if v}
        return found if found is not None and wanted <= {found.get("version")} else None

    def _members(self, value_set: Resource) -> Iterator[Term]:
        compose = child(value_set, "compose")
        if not any(each(compose, "include")):
            raise _not_expanded("ValueSet.compose", "has no include, so nothing can be expanded")
        left_out = {
            (term.system, term.code)
            for place, exclude in each(compose, "exclude")
            for term in self._included(exclude, f"ValueSet.compose.exclude[{place}]")
        }
        given = set[tuple[str, str]]()
        for place, include in each(compose, "include"):
            for term in self._included(include, f"ValueSet.compose.include[{place}]"):
                key = (term.system, term.code)
                if key not in left_out and key not in given:
                    given.add(key)
                    yield term

    def _included(self, include: Element, path: str) -> Iterator[Term]:
        """What a system gives and every value set named holds.

        http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include
        """
        if any(each(include, "filter")):
            raise _not_expanded(f"{path}.filter", "is not understood by this server")
        imported = [list(terms) for terms in self._imported(include, path)]
        if text(include, "system") is not None:
            found = list(self._of_system(include, path))
        elif imported:
            found = imported[0]
        else:
            raise _not_expanded(path, "names neither a system nor a value set")
        sets = [{(term.system, term.code) for term in terms} for terms in imported]
        yield from (t for t in found if all((t.system, t.code) in each_set for each_set in sets))

    def _imported(self, include: Element, path: str) -> Iterator[Iterator[Term]]:
        names = include.get("valueSet", ())
        for place, name in enumerate(names if isinstance(names, list | tuple) else ()):
            found = self.value_set(name) if isinstance(name, str) else None
            if found is None:
                raise _not_expanded(
                    f"{path}.valueSet[{place}]", "names a value set that is not known here"
                )
            yield self._members(found)

    def _of_system(self, include: Element, path: str) -> Iterator[Term]:
        system, version = str(include["system"]), text(include, "version")
        known = self.code_system(system, version)
        terms = terms_of(known) if known is not None else {}
        named = list(each(include, "concept"))
        if not named and known is None:
            raise _not_expanded(f"{path}.system", "names a code system that is not known here")
        if not named:
            yield from terms.values()
        for _, concept in named:
            code = text(concept, "code")
            if code is not None and (known is None or code in terms):
                term = terms.get(code, Term(system=system, code=code, version=version))
                display = text(concept, "display") or term.display
                yield Term(system=system, code=code, display=display, version=term.version)


def terms_of(code_system: Resource) -> Mapping[str, Term]:
    """The concepts of a code system by code, those below others among them."""
    system, version = text(code_system, "url") or "", text(code_system, "version")
    return {
        code: Term(system=system, code=code, display=text(concept, "display"), version=version)
        for concept in _concepts(code_system)
        if (code := text(concept, "code")) is not None
    }


def _concepts(holder: Element) -> Iterable[Element]:
    for _, concept in each(holder, "concept"):
        yield concept
        yield from _concepts(concept)


def _not_expanded(path: str, fault: str) -> Invalid:
    message = f"{path} {fault}."
    issue = Issue(code="not-supported", message=message, expression=path)
    return Invalid(message, issues=[issue])
