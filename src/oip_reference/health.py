"""Health: whether the server and its storage work."""

from __future__ import annotations

from oip_reference.clock import iso_milliseconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call


class Health(Domain):
    """The quick system status."""

    @handles("getHealth")
    def health(self, call: Call) -> Answer:
        self.server.database.row("SELECT 1")
        return Answer(
            200, {"status": "OK", "version": self.server.contract.version, "time": iso_milliseconds(call.now)}
        )
