"""Who is asking: the one value that every read and write of the store is made with."""

from dataclasses import dataclass, replace
from uuid import UUID

from service.fhir.rights import Rights

LOCAL_TENANT = UUID("00000000-0000-0000-0000-000000000001")
"""The tenant of a server without configured issuers."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """A caller's tenant, name and rights; every row leaves the store through it."""

    tenant: UUID = LOCAL_TENANT
    user: str = "local"
    """Reference or identifier of who asks."""
    client: str | None = None
    """The application that asks for them; None where there is none between."""
    rights: Rights | None = None
    """None: everything in the tenant, as on a server without configured issuers."""

    def whole(self) -> "Access":
        """The service itself on behalf of the same caller: what settles a patient reads all that
        the rules need, whoever wrote."""
        return replace(self, rights=None)
