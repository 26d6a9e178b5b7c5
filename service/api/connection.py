"""A client's connection: HTTP as uvicorn reads it, with an end to what comes before a body."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.api.rendering import MEDIA_TYPE, STEADY_HEADERS
from service.errors import BadRequest, ServiceError, TooLarge
from service.fhir.exact_json import dumps
from service.fhir.outcome import of_error

LONGEST_HEAD = 64 * 1024
"""Bytes of a request line with its headers; what arrives in one piece may have more."""
PATIENCE_SECONDS = 2.0
"""How long a client that was refused may go on sending, so that it comes to read why."""


class Connection(HttpToolsProtocol):
    """Before the head of a request is whole nobody knows who sends it, so it is all kept: one
    without an end would fill the memory."""

    _unread = 0
    """Bytes since the last message, or the last part of a body, was whole."""
    _refused = False

    def data_received(self, octets: bytes) -> None:
        if self._refused:
            return
        self._unread += len(octets)
        super().data_received(octets)
        if self._unread > LONGEST_HEAD and not self._refused:
            said = f"The head of a request may have {LONGEST_HEAD} bytes at the most."
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TooLarge(said))

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """`msg` is a sentence of uvicorn's."""
        self._refuse(HTTPStatus.BAD_REQUEST, BadRequest("This is no request in the form of HTTP."))

    def _refuse(self, status: HTTPStatus, error: ServiceError) -> None:
        """Nothing more is read; what is being answered meanwhile is left unanswered."""
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()
            return
        body = dumps(of_error(error))
        headers = STEADY_HEADERS | {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.write_eof()
        self.loop.call_later(PATIENCE_SECONDS, self.transport.close)
