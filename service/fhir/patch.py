"""JSON Patch of a resource. https://www.rfc-editor.org/rfc/rfc6902"""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from service.errors import BadRequest, Conflict, Inapplicable, ServiceError, TooLarge
from service.fhir.exact_json import dumps
from service.fhir.resource import Resource

MOST_OPERATIONS = 1_000
MOST_COPIED = 1_000_000
"""Bytes that the `copy` operations of one patch may add: each of them could double the resource."""
KNOWN = frozenset(jsonpatch.JsonPatch.operations)


def patched(resource: dict[str, Any], operations: Any) -> Resource:
    """`resource`, which is changed in place, after the operations in their order.

    Raises `BadRequest` for what is no JSON Patch, `Conflict` where a test fails, `Inapplicable`
    where there is nothing to change at a path, `TooLarge` for a patch beyond all measure.
    """
    if not isinstance(operations, list):
        raise BadRequest("A JSON Patch is an array of operations.")
    if len(operations) > MOST_OPERATIONS:
        raise TooLarge(f"A patch may have {MOST_OPERATIONS} operations at the most.")
    for place, operation in enumerate(operations):
        _refuse_malformed(place, operation)
    return _resource(_after(resource, operations))


def _after(document: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    copied = 0
    for place, operation in enumerate(operations):
        try:
            if operation["op"] == "copy":
                copied += _size(document, operation["from"])
                if copied > MOST_COPIED:
                    raise TooLarge(f"A patch may copy {MOST_COPIED} bytes at the most.")
            document = jsonpatch.apply_patch(document, [operation], in_place=True)
        except (jsonpatch.JsonPatchException, JsonPointerException) as error:
            raise _failure(place, error) from None
    return document


def _failure(place: int, error: Exception) -> ServiceError:
    if isinstance(error, jsonpatch.JsonPatchTestFailed):
        return Conflict(f"Operation {place} of the patch tests for what is not so.")
    return Inapplicable(
        f"Operation {place} of the patch names a place that the resource does not have."
    )


def _size(document: Any, pointer: str) -> int:
    """Raises `JsonPointerException` where nothing is there."""
    try:
        return len(dumps(JsonPointer(pointer).resolve(document)))
    except TypeError:
        raise Inapplicable("The patch nests the resource too deeply.") from None


def _refuse_malformed(place: int, operation: Any) -> None:
    name = operation.get("op") if isinstance(operation, Mapping) else None
    if not isinstance(name, str) or name not in KNOWN:
        raise BadRequest(
            f"Operation {place} of the patch must have an `op` of {', '.join(sorted(KNOWN))}."
        )
    if not _is_pointer(operation.get("path")):
        raise BadRequest(f"Operation {place} of the patch must have a JSON Pointer as its `path`.")
    if name in ("copy", "move") and not _is_pointer(operation.get("from")):
        raise BadRequest(f"Operation {place} of the patch must have a JSON Pointer as its `from`.")
    if name in ("add", "replace", "test") and "value" not in operation:
        raise BadRequest(f"Operation {place} of the patch must have a `value`.")


def _is_pointer(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        JsonPointer(text)
    except JsonPointerException:
        return False
    return True


def _resource(document: Any) -> Resource:
    if not isinstance(document, dict):
        raise Inapplicable("The patch leaves no resource.")
    return document
