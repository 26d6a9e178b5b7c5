"""What a refusal says in its headers."""

import pytest

from service.api.rendering import Manner, refused
from service.errors import (
    MethodNotAllowed,
    NotFound,
    ServiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)


@pytest.mark.parametrize(
    ("error", "status", "name", "value"),
    [
        (Unauthorized("No."), 401, "www-authenticate", 'Bearer realm="fhir"'),
        (
            Unauthorized("No.", fault="invalid_token"),
            401,
            "www-authenticate",
            'Bearer realm="fhir", error="invalid_token"',
        ),
        (TooManyRequests("Later.", retry_seconds=7), 429, "retry-after", "7"),
        (Unavailable("Later."), 503, "retry-after", "1"),
        (MethodNotAllowed("No.", allowed=("GET", "HEAD")), 405, "allow", "GET, HEAD"),
        (NotFound("No."), 404, "allow", None),
    ],
)
def test_a_refusal_says_what_its_status_is_to_be_said_with(
    error: ServiceError, status: int, name: str, value: str | None
) -> None:
    answer = refused(error, Manner(head=False))
    assert answer.status_code == status
    assert answer.headers.get(name) == value
