"""The answer to a call, and the sentences a test says about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from oip_conformance.evidence import Exchange, Reach
from oip_conformance.evidence.reach import leaves_of, place_of, place_within
from oip_conformance.scenario.signals import Inconclusive, Unmet, shown
from oip_conformance.scenario.spelling import equal
from oip_conformance.target import Reply

Step = str | int


@dataclass(frozen=True)
class Answer:
    """What the target answered. `expect` and its kin raise Unmet, so that a chain of calls reads as a story."""

    reply: Reply
    reach: Reach = field(default_factory=Reach, repr=False, compare=False)

    @property
    def status(self) -> int | None:
        """The HTTP status, None when no response came."""
        return self.reply.status

    @property
    def exchange(self) -> Exchange:
        """What evidence keeps of this call."""
        return self.reply.exchange

    @property
    def succeeded(self) -> bool:
        """Whether the target answered with a success."""
        return self.reply.succeeded

    @property
    def json(self) -> Any:
        """The body as JSON. Raises Unmet when it is none."""
        try:
            return self.reply.json
        except ValueError:
            raise self.unmet("a JSON body", shown(self.reply.text or "an empty body")) from None

    @property
    def said(self) -> Any:
        """All that the body says: its JSON, its text when it is none, and nothing when it is empty."""
        try:
            return self.reply.json if self.reply.body else None
        except ValueError:
            return self.reply.text

    def expect(self, *statuses: int) -> Self:
        """The status is one of these."""
        self.expect_decided(*statuses)
        if self.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            raise self.unmet(f"status {wanted}", self.what_came())
        return self

    def expect_error(self, *statuses: int) -> Self:
        """The status is one of these errors. That it comes in the envelope is judged on every exchange of a run
        (OIP-ERR-01 to 04), so that an envelope which is broken everywhere is one cause and not a hundred."""
        return self.expect(*statuses)

    def expect_enveloped(self, *statuses: int) -> Self:
        """The status is one of these errors, and the body is the error envelope of that status; for requirements that
        say so themselves."""
        self.expect(*statuses)
        envelope = self.json
        if not isinstance(envelope, dict) or str(envelope.get("code")) != str(self.status):
            raise self.unmet(f'the error envelope with code "{self.status}"', shown(envelope))
        return self

    def expect_refused(self) -> Self:
        """The target refuses with a client error of any kind."""
        self.expect_decided(400)
        if self.status is None or not 400 <= self.status < 500:
            raise self.unmet("a refusal (4xx)", self.what_came())
        return self

    def expect_decided(self, *wanted: int) -> Self:
        """The answer decides something: there is one, and it is no busy gateway, rejected key or missing activation.

        Raises Inconclusive otherwise, unless the status is one that is wanted.
        """
        if self.status in wanted:
            return self
        name = self.exchange.operation or "the request"
        if self.status is None:
            raise Inconclusive(f"{name} got no answer ({self.exchange.fault}), which OIP-CORE-01 judges")
        if self.reply.busy:
            raise Inconclusive(f"{name} answered {self.status}: a system behind the target is busy, also after waiting")
        if self.status == 401 and self.exchange.credential in ("main", "second"):
            raise Inconclusive(f"{name} answered 401 to the {self.exchange.credential} key")
        if self.status == 403 and self.exchange.operation:
            raise Inconclusive(f"{name} answered 403, not activated, although the profile claims it (see OIP-ACT-01)")
        return self

    def at(self, *steps: Step) -> Any:
        """The value at a place of the body: `at("data", "promotions", 0, "id")`. Raises Unmet when there is none."""
        value = self.json
        for position, step in enumerate(steps):
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                place = "/".join(map(str, steps[: position + 1]))
                raise self.unmet(f"a value at /{place}", shown(value)) from None
        if not isinstance(value, dict | list):
            self._compared(place_of(steps))
        return value

    def compared(self, part: Any, names: Iterable[str]) -> None:
        """Note that these members of a part of the body were held to expected values."""
        place = place_within(self.json, part)
        for name in names if place is not None else ():
            self._compared(f"{place}/{name}")

    def compared_whole(self, part: Any, ignored: Collection[str] = ()) -> None:
        """Note that a part of the body was held to an expected value in everything but these members."""
        place = place_within(self.json, part)
        for inner in leaves_of(part, ignored) if place is not None else ():
            self._compared(f"{place}{inner}")

    def items(self, *steps: Step) -> list[dict[str, Any]]:
        """The list of objects at a place of the body. Raises Unmet when there is none, or anything else in it."""
        value = self.at(*steps)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.unmet(f"a list of objects at /{'/'.join(map(str, steps))}", shown(value))
        return value

    def expect_value(self, expected: Any, *steps: Step) -> Self:
        """The value at a place of the body is this one."""
        got = self.at(*steps)
        if not equal(got, expected):
            place = "/".join(map(str, steps))
            raise self.unmet(f"{shown(expected)} at /{place}", shown(got))
        return self

    def _compared(self, place: str) -> None:
        if self.succeeded and self.exchange.operation:
            self.reach.compare(self.exchange.operation, place)

    def unmet(self, expected: str, got: str) -> Unmet:
        """The failure of a requirement that this answer shows, ready to raise."""
        return Unmet(expected, got, self.exchange)

    def what_came(self) -> str:
        """The answer in a few words, for a message."""
        if self.status is None:
            return f"no answer ({self.exchange.fault})"
        return f"status {self.status} {shown(self.reply.text, 120) if self.reply.body else '(no body)'}"
