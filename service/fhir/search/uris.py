"""URLs above and below others. http://hl7.org/fhir/R4/search.html#uri

The hierarchy is that of their paths; URNs, such as OIDs, have none.
"""

AUTHORITY = "://"


def is_url(uri: str) -> bool:
    return AUTHORITY in uri and not uri.startswith("urn:")


def above(url: str) -> tuple[str, ...]:
    """The URL itself and all that its path leads through, with and without a slash at the end."""
    root = url.index(AUTHORITY) + len(AUTHORITY)
    found, rest = {url: None}, url.rstrip("/")
    while len(rest) > root:
        found |= {rest: None, f"{rest}/": None}
        rest = rest[: max(root, rest.rfind("/", root))]
    return tuple(found)


def inside(url: str) -> str:
    """How everything below a URL begins."""
    return url if url.endswith("/") else f"{url}/"


def below(uri: str, url: str) -> bool:
    return uri == url or uri.startswith(inside(url))
