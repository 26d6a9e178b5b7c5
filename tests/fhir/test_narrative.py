"""A narrative formats, and does nothing."""

import pytest

from service.fhir.narrative import is_narrative

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


@pytest.mark.parametrize(
    "inside",
    [
        "text",
        "<p>a &lt; b &amp;&nbsp;&eacute; &#233;</p>",
        '<img src="#photo" alt="x"/>',
        '<img src="data: image/png;base64,YQ=="/>',
        '<table class="x"><tbody><tr><td style="color: red">1</td></tr></tbody></table>',
        '<a href="https://a.example">x</a>',
        "<!-- a comment --><b>x</b>",
    ],
)
def test_formatting_is_kept(inside: str) -> None:
    assert is_narrative(f"<div {XHTML}>{inside}</div>")


def test_the_namespace_may_be_left_out_or_be_a_prefix() -> None:
    assert is_narrative("<div>x</div>")
    assert is_narrative('<h:div xmlns:h="http://www.w3.org/1999/xhtml">x</h:div>')


@pytest.mark.parametrize(
    "inside",
    [
        "",
        " \n&nbsp;\t",
        "<p> </p>",
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<p ONCLICK="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" JavaScript :alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<img src="data:text/html,x"/>',
        '<iframe src="https://a.example"/>',
        '<object data="x">x</object>',
        "<style>p {}</style>",
        "<form><input/></form>",
        '<svg xmlns="http://www.w3.org/2000/svg"><script/>x</svg>',
        "<p>x",
        "<p>x</b>",
        "x & y",
        "<?xml-stylesheet href='x'?>x",
        "&unknown;",
    ],
)
def test_anything_active_or_empty_or_broken_is_refused(inside: str) -> None:
    assert not is_narrative(f"<div {XHTML}>{inside}</div>")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "<p>x</p>",
        "<div>x</div><div>y</div>",
        '<!DOCTYPE div [<!ENTITY a "b">]><div>&a;</div>',
        '<!DOCTYPE div SYSTEM "https://a.example/x.dtd"><div>x</div>',
        "<html><body><div>x</div></body></html>",
    ],
)
def test_only_one_div_is_a_narrative(text: str) -> None:
    assert not is_narrative(text)
