"""What every definition that ships with the service says of itself.

https://hl7.org/fhir/R4/definition.html#metadata
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

VERSION = "1.0.0"
DATE = "2026-01-01"
"""Of this version of the definitions, not of the day they are served."""
WORD = re.compile(r"[A-Za-z0-9]+")
XHTML = "http://www.w3.org/1999/xhtml"


def header(url: str, title: str, description: str, *, version: str = VERSION) -> dict[str, Any]:
    """Its id is the last part of its canonical."""
    id_ = url.rpartition("/")[2]
    words = WORD.findall(id_.removeprefix("attune-"))
    return {
        "id": id_,
        "text": narrative(description),
        "url": url,
        "version": version,
        "name": "Attune" + "".join(word.capitalize() for word in words),
        "title": title,
        "status": "active",
        "experimental": False,
        "date": DATE,
        "publisher": "Attune",
        "description": description,
    }


def narrative(text: str) -> Mapping[str, str]:
    return {"status": "generated", "div": f'<div xmlns="{XHTML}"><p>{escape(text)}</p></div>'}
