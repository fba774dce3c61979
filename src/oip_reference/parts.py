"""The server is made of parts: small objects found by their class, any method of which can be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class Part:
    """One replaceable piece of the server: a domain, a repository or a step of answering.

    A part is made once a server, by `server.part(ItsClass)`, and takes the parts it needs in its `__init__`.
    """

    def __init__(self, server: ReferenceServer) -> None:
        self.server = server
