"""Markdown: what a line may not begin with by chance, cells, anchors."""

import pytest

from service.clinical.documents import markdown


def test_a_long_text_is_wrapped_and_nothing_of_it_is_lost() -> None:
    text = "Reliable change of the latest score against the first of the course. " * 8
    lines = markdown.paragraph(text).splitlines()
    assert max(map(len, lines)) <= 118
    assert " ".join(lines) == text.strip()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("* sqrt(2)", "\\* sqrt(2)"),
        ("- 3 points", "\\- 3 points"),
        (">= 6", "\\>= 6"),
        ("12. of May", "12\\. of May"),
        ("12 of May", "12 of May"),
        ("**P** published", "**P** published"),
    ],
)
def test_no_line_opens_a_list_or_a_quotation_by_chance(text: str, written: str) -> None:
    assert markdown.paragraph(text) == written


def test_the_second_line_of_a_paragraph_is_looked_at_too() -> None:
    first = "x" * 117
    assert markdown.paragraph(f"{first} - 3") == f"{first}\n\\- 3"


def test_a_quotation_is_marked_on_every_line() -> None:
    lines = markdown.quotation("a word and another " * 20).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("> ") for line in lines)


def test_the_lines_of_an_item_stand_below_each_other() -> None:
    assert markdown.bullets(["a", "b"]) == "- a\n- b"
    first, second = markdown.numbered(["word " * 30]).splitlines()
    assert (first[:3], second[:3]) == ("1. ", "   ")


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert markdown.table(("RC",), [("|RC|",)]) == "| RC |\n| --- |\n| \\|RC\\| |"


def test_a_heading_is_linked_to_as_it_is_shown() -> None:
    assert markdown.link("oq-45.2") == "[oq-45.2](#oq-452)"
    assert markdown.link("phq-9", "instruments.md") == "[phq-9](instruments.md#phq-9)"
