"""Realistic requests with one value broken the way people break it: phone numbers and timestamps that are none.

Whether such a value violates the contract is for the judge to say; where the contract leaves it open, it is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import quote

import orjson

from oip_conformance.contract import Operation
from oip_conformance.generation.dates import BROKEN_TIMESTAMPS
from oip_conformance.generation.phones import BROKEN_NUMBERS
from oip_conformance.generation.sources import Draw

_PHONES = ("mobilePhone}}", "nationalPhone}}")


def unrealistic(operation: Operation, sound: Draw, limit: int) -> list[Draw]:
    """Up to `limit` broken forms of a sound request, each broken in one place."""
    return list(islice(_broken(operation, sound), limit))


def _broken(operation: Operation, sound: Draw) -> Iterator[Draw]:
    wire = sound.wire
    for name, text in BROKEN_NUMBERS.items():
        for reference in _references_to_phones(wire.path, wire.query):
            path = wire.path.replace(reference, quote(text, safe=""))
            query = wire.query.replace(reference, quote(text, safe=""))
            yield Draw(replace(wire, path=path, query=query), "domain", "invalid", name)
        body = wire.body or b""
        for reference in _references_to_phones(body.decode("utf-8", "replace")):
            broken = body.replace(f'"{reference}"'.encode(), orjson.dumps(text))
            yield Draw(replace(wire, body=broken), "domain", "invalid", name)
    if operation.id == "getChangedCustomersList":
        for name, text in BROKEN_TIMESTAMPS.items():
            path = operation.path.replace("{timestamp}", quote(text, safe=""))
            yield Draw(replace(wire, path=path), "domain", "invalid", name)


def _references_to_phones(*texts: str) -> list[str]:
    found = [part.split("}}")[0] + "}}" for text in texts for part in text.split("{{")[1:]]
    return ["{{" + name for name in dict.fromkeys(found) if name.endswith(_PHONES)]
