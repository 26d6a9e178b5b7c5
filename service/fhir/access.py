"""Who is asking: the one value that every read and write of the store is made with."""

from dataclasses import dataclass
from uuid import UUID

LOCAL_TENANT = UUID("00000000-0000-0000-0000-000000000001")
"""The tenant of a server without configured issuers."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """A caller's tenant and name; every row leaves the store through it."""

    tenant: UUID = LOCAL_TENANT
    user: str = "local"
