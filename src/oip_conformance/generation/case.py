"""A case: one request to be sent, as data."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Literal

Intent = Literal["valid", "boundary", "invalid"]
Origin = Literal["example", "coverage", "fuzzing", "domain"]


@dataclass(frozen=True)
class Case:
    """One request to be sent, below the target's base URL, and what it means to show.

    `path` and `query` are ready for the wire (percent-encoded); `{customer.id}`-like references to things the target hands
    out stand in `path`, `query`, header values and text bodies as `{{customer.id}}` and are filled in when the case is sent.
    `how` says in words what is invalid, `twin` names the valid case it differs from in one thing.
    """

    id: str
    operation: str
    method: str
    path: str
    origin: Origin
    intent: Intent
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    media_type: str | None = None
    how: str = ""
    twin: str | None = None
    seed: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A compact JSON value from which `from_json` makes an equal case."""
        record: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "origin": self.origin,
            "intent": self.intent,
        }
        if self.query:
            record["query"] = self.query
        if self.headers:
            record["headers"] = [list(pair) for pair in self.headers]
        if self.body is not None:
            try:
                record["text"] = self.body.decode("utf-8")
            except UnicodeDecodeError:
                record["base64"] = base64.b64encode(self.body).decode("ascii")
        for name in ("media_type", "how", "twin", "seed"):
            value = getattr(self, name)
            if value not in (None, ""):
                record[name] = value
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Case:
        """The case that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        fields = dict(record)
        headers = tuple((name, value) for name, value in fields.pop("headers", ()))
        text, encoded = fields.pop("text", None), fields.pop("base64", None)
        body = base64.b64decode(encoded) if encoded is not None else text.encode("utf-8") if text is not None else None
        return cls(headers=headers, body=body, **fields)
