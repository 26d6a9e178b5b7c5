"""URIs: equal ones and those above in the table `term`, those below in `phrase`.

http://hl7.org/fhir/R4/search.html#uri
"""

from service.fhir.search.query import Clause, Modifier, Text
from service.fhir.search.uris import inside
from service.store.clauses import name, string
from service.store.clauses.probe import Arguments, Probe
from service.store.hashing import hash64
from service.store.index import CUT


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    if clause.modifier is not Modifier.BELOW:
        return name.probe(kind, clause, arguments)
    urls = [value.text for value in clause.values if isinstance(value, Text)]
    parts = [_below(url, arguments) for url in urls]
    key = hash64(kind, clause.parameter.name)
    return string.phrase(key, parts, any(len(inside(url)) > CUT for url in urls), arguments)


def _below(url: str, arguments: Arguments) -> str:
    start = inside(url)[:CUT]
    first, beyond = arguments.add(start), arguments.add(start + string.LAST)
    return f"@.folded = {arguments.add(url[:CUT])} OR @.folded >= {first} AND @.folded < {beyond}"
