"""The token of a request. https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""

import re
from collections.abc import Iterable, Sequence

from service.errors import Unauthorized

LONGEST = 16 * 1024
"""Characters of a token."""
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
IN_QUERY = "access_token"


def token(authorization: Sequence[str], names: Iterable[str]) -> str:
    """The one token in the one header; `names` are those of the query's parameters.

    Raises `Unauthorized`.
    """
    if IN_QUERY in names:
        raise _malformed("An access token is not taken in the query: logs and links keep it.")
    if not authorization:
        raise Unauthorized("An access token is needed: Authorization: Bearer and the token.")
    if len(authorization) > 1:
        raise _malformed("There is more than one Authorization header.")
    scheme, _, given = authorization[0].partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Only the scheme Bearer is known in the Authorization header.")
    text = given.strip(" ")
    if len(text) > LONGEST or TOKEN.fullmatch(text) is None:
        raise _malformed("The Authorization header holds no access token.")
    return text


def _malformed(why: str) -> Unauthorized:
    return Unauthorized(why, fault="invalid_request")
