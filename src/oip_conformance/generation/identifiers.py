"""Identifiers as OIP writes them: GUIDs in upper case, GUIDs with a suffix glued on, external ids with a run's mark."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

SUFFIX = "S2010"
"""What the published samples glue onto some GUIDs; such an id is valid, and no GUID."""


@dataclass(frozen=True)
class RunTag:
    """The mark of one run on everything it creates: readable by everybody, provable by whoever holds the key.

    `text` names the run. Ids made for it end in a keyed checksum, so that its maker can tell its own test data from
    anything that merely looks like it.
    """

    text: str
    prefix: str = "OIPC"
    key: bytes = field(default=b"oip-conformance", repr=False)

    def identifier(self, serial: int) -> str:
        """The external id with a serial number: prefix, run, number, keyed checksum."""
        body = f"{self.prefix}-{self.text}-{serial:06d}"
        return f"{body}-{self._checksum(body)}"

    def owns(self, identifier: str) -> bool:
        """Whether an id was made for this run with this key."""
        body, _, checksum = identifier.rpartition("-")
        return body.startswith(f"{self.prefix}-{self.text}-") and hmac.compare_digest(
            checksum.encode(), self._checksum(body).encode()
        )

    def _checksum(self, body: str) -> str:
        return hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()[:8]


def make_guid(random: Random) -> str:
    """A GUID in upper case, as the samples have them."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4)).upper()


def make_suffixed_guid(random: Random) -> str:
    """A GUID with the samples' suffix."""
    return make_guid(random) + SUFFIX


def guids() -> SearchStrategy[str]:
    """GUIDs in upper or lower case, the empty GUID now and then."""
    some = st.uuids(version=4).map(str)
    return st.one_of(some.map(str.upper), some, st.just(str(uuid.UUID(int=0))))


def guid_like() -> SearchStrategy[str]:
    """What an OIP id may look like: a GUID, a GUID with a suffix, a short number."""
    return st.one_of(guids(), guids().map(lambda guid: guid.upper() + SUFFIX), st.integers(0, 10**7).map(str))


def external_ids(tag: RunTag) -> SearchStrategy[str]:
    """External ids of a run."""
    return st.integers(0, 999_999).map(tag.identifier)
