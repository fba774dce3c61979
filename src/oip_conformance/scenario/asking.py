"""Words about any operation at all: a request that would do, reading something harmless, several things unmet at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oip_conformance.contract import Operation
from oip_conformance.evidence import Credential
from oip_conformance.generation.sample import sample_of
from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import NOBODY
from oip_conformance.scenario.signals import NotTested, Unmet
from oip_conformance.scenario.voice import Voice
from oip_conformance.target import UNSET

__all__ = ["NOBODY", "AskingWords"]

_HARMLESS = ("getStores", "getHealth", "listConsents", "getBonusRules", "getCustomerById")


class AskingWords(Voice):
    """Sentences about any operation."""

    def sendable(self) -> list[str]:
        """The operations that the profile claims and that its safety allows to send."""
        return [
            name
            for name, operation in self.contract.operations.items()
            if self.is_claimed(name) and self.target.gate.refusal(name, operation.effect) is None
        ]

    def send(self, method: str, path: str) -> Answer:
        """Send a request that is no operation of the contract. Raises NotAllowed where its method could change something."""
        return Answer(self.target.send(method, path, credential=self.credential), self.reach)

    def call_unclaimed(self, operation: str, **parts: Any) -> Answer:
        """Call an operation that the profile does not claim."""
        return Answer(self.target.call(operation, credential=self.credential, intent="probe", **parts), self.reach)

    def sample_call(
        self, operation: str, *, credential: Credential | None = None, why: str = "", claimed: bool = True
    ) -> Answer:
        """Call an operation with its published sample, or with plain values where none is published."""
        found = self.contract.operation(operation)
        if claimed:
            self.require(operation)
        media_type, content, json = _sample_body(found)
        reply = self.target.call(
            found,
            path={one.name: _sample(one) for one in found.parameters if one.location == "path"},
            query={one.name: _sample(one) for one in found.parameters if one.location == "query" and one.required},
            json=json,
            content=content,
            media_type=media_type,
            credential=credential or self.credential,
            intent="probe",
            why=why,
        )
        return Answer(reply, self.reach)

    def harmless_read(self) -> str:
        """An operation that the profile claims and that only reads. Raises NotTested when there is none."""
        for name in _HARMLESS:
            if name in self.contract.operations and self.is_claimed(name):
                return name
        raise NotTested("the profile claims no operation that only reads")

    def read_anything(
        self,
        *,
        credential: Credential | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | str = "",
    ) -> Answer:
        """Read something harmless, with these headers and this query added."""
        name = self.harmless_read()
        path = {one.name: NOBODY for one in self.contract.operations[name].parameters if one.location == "path"}
        return self.call(name, path=path, headers=headers, query=query, credential=credential, intent="probe")

    @staticmethod
    def none_of(unmet: Iterable[Unmet]) -> None:
        """Raise everything that is unmet, together."""
        found = list(unmet)
        if found:
            raise ExceptionGroup(f"{len(found)} unmet", found)


def _sample(parameter: Any) -> Any:
    return parameter.examples[0] if parameter.examples else sample_of(parameter.schema)


def _sample_body(operation: Operation) -> tuple[str | None, bytes | None, Any]:
    for media_type in operation.request_media_types:
        if media_type == "application/json":
            examples = operation.request_examples(media_type)
            schema = operation.request_schema(media_type) or {}
            return media_type, None, next(iter(examples.values()), None) or sample_of(schema)
    for media_type in operation.request_media_types:
        if media_type == "application/x-www-form-urlencoded":
            return media_type, b"name=John+Doe", UNSET
        if media_type == "multipart/form-data":
            boundary = "oip-conformance"
            part = 'Content-Disposition: form-data; name="file"; filename="sample.csv"\r\nContent-Type: text/csv'
            body = f"--{boundary}\r\n{part}\r\n\r\nname\r\nJohn Doe\r\n--{boundary}--\r\n"
            return f"multipart/form-data; boundary={boundary}", body.encode(), UNSET
    return None, None, UNSET
