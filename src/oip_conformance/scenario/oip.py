"""`oip`: the one who tells the story of a test."""

from __future__ import annotations

from oip_conformance.generation.library import Library
from oip_conformance.scenario.asking import AskingWords
from oip_conformance.scenario.exercise import Exercise
from oip_conformance.scenario.loyalty import LoyaltyWords
from oip_conformance.scenario.receipts import ReceiptWords
from oip_conformance.scenario.reports import ReportWords
from oip_conformance.scenario.sandbox import SandboxWords
from oip_conformance.scenario.sequences import Sequences
from oip_conformance.scenario.signals import NotTested
from oip_conformance.scenario.stock import Stock


class Oip(AskingWords, LoyaltyWords, ReceiptWords, ReportWords, SandboxWords):
    """All sentences a conformance test may say of a target. Domain by domain, see the modules beside this one."""

    library: Library | None = None
    stock: Stock | None = None

    def as_second_tenant(self) -> Oip:
        """The same words said with the second tenant's key. Raises NotTested when there is no second key."""
        if self.target.keys.second is None:
            variable = self.profile.target.second_api_key_env
            raise NotTested(f"a second tenant's key is needed: set {variable}")
        second = Oip(self.target, self.profile, self.people, "second", position=self.position + 500)
        second.reach, second.serial = self.reach, self.serial
        return second

    def exercise(self, operation: str) -> int:
        """Send an operation all its cases; returns how many. The general rules judge every exchange."""
        self.require(operation)
        assert self.library is not None
        found = self.contract.operation(operation)
        self.target.gate.check(operation, found.effect)
        self.stock = self.stock or Stock(self)
        self.stock.make_ready(operation)
        exercise = Exercise(self, self.stock, found, self.profile.limits.concurrency)
        return exercise.send(self.library.cases(found))

    def follow_links(self, *, scenarios: int, steps: int, seed: int) -> int:
        """Run sequences of linked operations; returns how many requests they took."""
        self.require("createMember")
        unsendable = set(self.contract.operations) - set(self.sendable())
        return Sequences(self, self.contract, unsendable).run(scenarios=scenarios, steps=steps, start=seed)
