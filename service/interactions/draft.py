"""A checked resource on its way into the store."""

from msgspec import Struct

from service.fhir.resource import Identity, Resource
from service.store.write import Expected


class Draft(Struct, frozen=True, kw_only=True):
    """What is to be stored, where, and under which condition."""

    identity: Identity
    resource: Resource
    expected: Expected
    """What must stand there now; see `store.write.Write`."""
    method: str = "PUT"
    """The HTTP verb that it was sent with."""
    lenient: bool = False
    """References to resource types that are not served may stay as they are."""
    kept: frozenset[str] = frozenset()
    """References that stood there before a patch: the patch does not say them."""
    place: str | None = None
    """Where it came in a Bundle, such as `Bundle.entry[3]`."""

    def placed(self, path: str) -> str:
        """A path into the resource, as a client finds it in what was sent."""
        return path if self.place is None else f"{self.place}.resource.{path.partition('.')[2]}"
