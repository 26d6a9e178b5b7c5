"""The Chromium or Chrome of this machine, and pages that tell what their scripts were told."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from shutil import which
from threading import Thread
from typing import Any

import pytest

from tests.store.processes import end, family

Json = dict[str, Any]
NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
"""As `.ci/browser` knows them too."""
QUIET = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE_SECONDS = 60.0
PAGE = b"""<!DOCTYPE html><meta charset="utf-8"><title>An application</title><script type="module">
const told = [];
for (const [url, init] of await (await fetch("/steps")).json()) {
  try {
    const answer = await fetch(url, init);
    told.push({status: answer.status, type: answer.type, body: await answer.text(),
               headers: Object.fromEntries(answer.headers)});
  } catch (error) {
    told.push({error: error.name});
  }
}
await fetch("/told", {method: "POST", body: JSON.stringify(told)});
</script>"""
"""Asks what its own server says, in turn, and gives back what it could read."""


def chromium() -> str:
    """Fails where there is none."""
    for name in NAMES:
        if found := which(name):
            return found
    pytest.fail("There is no Chromium or Chrome here: run '.ci/browser', and see what it says.")


@dataclass(kw_only=True)
class Application:
    """A web application on an origin of its own."""

    origin: str = ""
    steps: Sequence[tuple[str, Json]] = ()
    """What its page fetches: an address, and how."""
    told: SimpleQueue[list[Json]] = field(default_factory=SimpleQueue)

    def opened(self, folder: Path, *steps: tuple[str, Json]) -> list[Json]:
        """What the script of its page reads of the answer to each step."""
        self.steps = steps
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
        with (folder / "chromium.log").open("ab") as log:
            process = subprocess.Popen(
                [chromium(), *QUIET, *sandbox, f"--user-data-dir={folder}", self.origin],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            return self.told.get(timeout=PATIENCE_SECONDS)
        finally:
            end(family(process.pid))
            process.wait()


@contextmanager
def application() -> Iterator[Application]:
    """Served on a free port of this machine."""
    stands = Application()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            steps = self.path == "/steps"
            self._say(
                json.dumps(stands.steps).encode() if steps else PAGE, "json" if steps else "html"
            )

        def do_POST(self) -> None:
            stands.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._say(b"{}", "json")

        def _say(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header(
                "Content-Type", f"{'text' if kind == 'html' else 'application'}/{kind}"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        stands.origin = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stands
        finally:
            server.shutdown()
            thread.join()
