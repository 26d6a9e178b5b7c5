"""Only one FHIR JSON object passes the gate."""

import pytest

from service.errors import Malformed
from service.fhir.guard import parse_resource


def test_a_resource_passes() -> None:
    assert parse_resource(b' {"resourceType": "Patient", "active": true}\n') == {
        "resourceType": "Patient",
        "active": True,
    }


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty"),
        (b" \n", "The body is empty"),
        (b"[]", "not a JSON object"),
        (b'"Patient"', "not a JSON object"),
        (b"{}", "no resourceType"),
        (b'{"resourceType":""}', "no resourceType"),
        (b'{"resourceType":["Patient"]}', "no resourceType"),
        (b"<Patient/>", "not JSON"),
        (b'{"resourceType":"Patient"', "line 1, column 26"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        parse_resource(body)


def test_a_response_nested_200_deep_is_refused() -> None:
    item = b'{"linkId":"1","item":[' * 200 + b'{"linkId":"x"}' + b"]}" * 200
    body = b'{"resourceType":"QuestionnaireResponse","status":"completed","item":[' + item + b"]}"
    with pytest.raises(Malformed, match="nested deeper than 64 levels"):
        parse_resource(body)
