"""What every definition that ships with the service says of itself.

https://hl7.org/fhir/R4/definition.html#metadata
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from service.clinical.canonical import BASE

VERSION = "1.0.0"
DATE = "2026-01-01"
"""Of this version of the definitions, not of the day they are served."""
WORD = re.compile(r"[A-Za-z0-9]+")
PUBLISHER = "Attune"
OTHERS = "Site"
"""Begins the names of what a site defined."""
XHTML = "http://www.w3.org/1999/xhtml"


def header(
    url: str, title: str, description: str, *, version: str = VERSION, id_: str | None = None
) -> dict[str, Any]:
    """Its id is the last part of its canonical, unless another is given; what has no canonical of
    ours is published by somebody else."""
    ours = url.startswith(f"{BASE}/")
    id_ = id_ or url.rpartition("/")[2]
    words = WORD.findall(id_.removeprefix("attune-"))
    published = {"publisher": PUBLISHER} if ours else {}
    return {
        "id": id_,
        "text": narrative(description),
        "url": url,
        "version": version,
        "name": (PUBLISHER if ours else OTHERS) + "".join(word.capitalize() for word in words),
        "title": title,
        "status": "active",
        "experimental": False,
        "date": DATE,
        **published,
        "description": description,
    }


def narrative(text: str) -> Mapping[str, str]:
    return {"status": "generated", "div": f'<div xmlns="{XHTML}"><p>{escape(text)}</p></div>'}
