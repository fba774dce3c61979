"""What every sentence of a story needs: calling an operation that the profile says is there."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import Credential, Reach, current_lane
from oip_conformance.generation.sample import sample_of
from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.signals import NotApplicable, NotTested
from oip_conformance.target import UNSET, Target

if TYPE_CHECKING:
    from oip_conformance.evidence import Exchange
    from oip_conformance.generation.synthetic import SyntheticPeople
    from oip_conformance.oracle import Broken
    from oip_conformance.profile import Profile


class Voice:
    """Calls operations for a story, as the tenant of the main key or (`credential`) another."""

    def __init__(
        self,
        target: Target,
        profile: Profile,
        people: SyntheticPeople,
        credential: Credential = "main",
        *,
        position: int = 0,
    ) -> None:
        self.target = target
        self.profile = profile
        self.people = people
        self.credential = credential
        self.position = position
        self.broken: list[tuple[str, Broken, Exchange]] = []
        """Which general rules the exchanges of the running test break, as the judge says it: (requirement, what, where)."""
        self.serial = 0
        self._in_lanes: Counter[int] = Counter()
        self.reach = Reach()
        self._lock = threading.Lock()

    @property
    def contract(self) -> Contract:
        """The contract of the run."""
        return self.target.contract

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, Any] | str = "",
        headers: Mapping[str, str] | None = None,
        json: Any = UNSET,
        content: bytes | None = None,
        media_type: str | None = None,
        credential: Credential | None = None,
        intent: str = "story",
        why: str = "",
    ) -> Answer:
        """Call an operation by its id; see `Target.call` for the parts.

        Raises NotApplicable when the profile declares the operation not activated or does not claim its class,
        NotTested when it claims the class and leaves the operation out.
        """
        self.require(operation)
        return Answer(
            self.target.call(
                operation,
                path=path,
                query=query,
                headers=headers or {},
                json=json,
                content=content,
                media_type=media_type,
                credential=credential or self.credential,
                intent=intent,
                why=why,
            ),
            self.reach,
        )

    def require_valid(self, operation: str, body: Any) -> None:
        """Make sure that the contract of this run takes a body. Raises NotApplicable naming what it does not take."""
        errors = self._operation(operation).request_errors("application/json", body)
        if errors:
            first = errors[0]
            raise NotApplicable(f"the contract of this run does not take it: {first.pointer or '/'} {first.message}")

    def agreed_body(self, operation: str, usual: Any) -> Any:
        """A body that the contract of this run takes: the usual one, else its example, else one made of its schema."""
        found = self._operation(operation)
        examples = [usual, *found.request_examples("application/json").values()]
        fitting = [one for one in examples if found.is_request_valid("application/json", one)]
        return fitting[0] if fitting else sample_of(found.request_schema("application/json") or {})

    def fresh_id(self, kind: str) -> str:
        """An identifier that nobody used before, with the run's mark: `fresh_id("receipt")`."""
        lane = current_lane()
        with self._lock:
            if lane:
                self._in_lanes[lane] += 1
                serial = (self._place * 100 + lane) * 1000 + self._in_lanes[lane]
            else:
                self.serial += 1
                serial = self._place
        return f"{kind[:3].upper()}-{self.people.tag.identifier(serial)}"

    def begin(self, serial: int | None = None, position: int | None = None) -> None:
        """A test begins: its ids follow from where it begins alone, here or where it began when it was recorded."""
        with self._lock:
            self.serial = self.serial + 1 if serial is None else serial
            self.position = self.position if position is None else position
            self._in_lanes.clear()

    @property
    def _place(self) -> int:
        return 1_000_000 * (self.position + 1) + self.serial

    def now(self) -> dt.datetime:
        """When the test that is running began, in UTC. Tests read no other clock."""
        return self.target.clock.now()

    def wait(self, seconds: float) -> None:
        """Let time pass on the target."""
        self.target.clock.wait(seconds)

    def is_claimed(self, operation: str) -> bool:
        """Whether the profile claims that an operation is activated."""
        return self.profile.activation(self._operation(operation)) == "activated"

    def require(self, *operations: str) -> None:
        """Make sure that the profile claims these operations."""
        for name in operations:
            activation = self.profile.activation(self._operation(name))
            if activation == "not-activated":
                raise NotApplicable(f"the profile declares {name} not activated")
            if activation == "undeclared" and not self.profile.claims_class(self._operation(name).conformance_class):
                owner = self._operation(name).conformance_class
                raise NotApplicable(f"the profile does not claim the class {owner}, to which {name} belongs")
            if activation == "undeclared":
                raise NotTested(f"the profile neither claims {name} nor declares it not activated")

    def _operation(self, name: str) -> Operation:
        return self.contract.operation(name)
