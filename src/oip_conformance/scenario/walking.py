"""Walking a model: rules drawn at random are applied to a target, and the model says what each answer must be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import ClassVar

from oip_conformance.scenario.oip import Oip
from oip_conformance.scenario.signals import NotTested

Rule = Callable[[], str | None]
"""Applies a rule and says what happened (`create`, `create refused`); None when there was nothing to apply it to."""


class Walk:
    """A random walk over the rules of one model. What happened, and what followed what, is counted as reach.

    `happenings` names everything that must happen in a walk; one that never does makes it no proof.
    """

    name: ClassVar[str]
    happenings: ClassVar[tuple[str, ...]]

    def __init__(self, oip: Oip, seed: int) -> None:
        self.oip = oip
        self.random = random.Random(seed)

    def rules(self) -> Mapping[Rule, int]:
        """The rules, each with how often it is drawn in comparison with the others."""
        raise NotImplementedError

    def run(self, steps: int) -> None:
        """Apply so many rules.

        Raises Unmet when an answer is not the model's, NotTested when something that must happen never did.
        """
        rules, weights = zip(*self.rules().items(), strict=True)
        reach = self.oip.reach.declare(self.name, self.happenings)
        seen: list[str] = []
        for rule in self.random.choices(rules, weights=weights, k=steps):
            happened = rule()
            if happened is None:
                continue
            reach.rules[happened] += 1
            if seen:
                reach.transitions[seen[-1], happened] += 1
            seen.append(happened)
        never = sorted(set(self.happenings) - set(seen))
        if never:
            raise NotTested(f"the walk of {steps} steps never did: {', '.join(never)}")
