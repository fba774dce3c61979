"""The redemption ledger against a model: counts, limits and switches of each member, whatever the order of calls."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from oip_conformance.scenario import Member, NotTested, Oip, level, requirement

STEPS = 60
ROLES = ("open", "single_use", "unlimited")


@dataclass
class Entry:
    """What the model knows of one promotion of one member."""

    limit: int | None
    count: int = 0
    enabled: bool = True

    @property
    def usable(self) -> bool:
        """Whether a redemption must succeed now."""
        return self.enabled and (self.limit is None or self.count < self.limit)


class Walk:
    """A random walk over redemptions, switches and reads for several members."""

    def __init__(self, oip: Oip, seed: int, members: list[Member]) -> None:
        self.oip = oip
        self.random = random.Random(seed)
        self.members = members
        self.reach: Counter[str] = Counter()
        self.ledger: dict[tuple[str, str], Entry] = {}
        for member in members:
            for role in ROLES:
                promotion = oip.promotion_of(member, role=role)
                self.ledger[member.id, promotion.id] = Entry(promotion.redemptions_left)

    def pick(self) -> tuple[Member, str, Entry]:
        """A member, a promotion, and what the model knows of both."""
        member = self.random.choice(self.members)
        promotion = self.random.choice([name for holder, name in self.ledger if holder == member.id])
        return member, promotion, self.ledger[member.id, promotion]

    def redeem(self) -> None:
        """A redemption: it succeeds exactly when the model says so."""
        member, promotion, entry = self.pick()
        usable = entry.usable
        self.oip.redeem(promotion, member).expect(200 if usable else 400)
        entry.count += usable
        self.reach["redeemed" if usable else "refused"] += 1

    def switch(self) -> None:
        """Enabling or disabling."""
        member, promotion, entry = self.pick()
        entry.enabled = self.random.random() < 0.6
        operation = "enableUse" if entry.enabled else "disableUse"
        query = {"id": promotion, "customerId": self.oip.person_id(member)}
        self.oip.call(operation, query=query).expect(200)
        self.reach[operation] += 1

    def read(self) -> None:
        """The list and the redeemed list agree with the model."""
        member, _, _ = self.pick()
        answer = self.oip.promotions_answer(member).expect(200)
        listed = {str(item.get("id")): item for item in answer.items() if isinstance(item, dict)}
        redeemed = set(self.oip.redeemed_by(member))
        for (holder, promotion), entry in self.ledger.items():
            if holder != member.id:
                continue
            item = listed.get(promotion)
            shown = (item.get("redemptionCount"), item.get("available")) if item else (entry.count, False)
            if shown != (entry.count, entry.usable):
                raise answer.unmet(f"count {entry.count}, available {entry.usable} of {promotion}", f"{shown}")
            if (promotion in redeemed) is not (entry.count > 0):
                wanted = "in" if entry.count else "not in"
                raise self.oip.redeemed_answer(member).unmet(f"{promotion} {wanted} the redeemed list", repr(redeemed))
        self.reach["read"] += 1


@level("standard")
@requirement("OIP-PROMO-38")
def test_the_ledger_of_redemptions_behaves_as_one_ledger(oip: Oip, run_seed: int) -> None:
    """Every answer is the one of a ledger with counts, limits and switches for each member."""
    walk = Walk(oip, run_seed, [oip.create_member() for _ in range(3)])
    for _ in range(STEPS):
        walk.random.choices([walk.redeem, walk.switch, walk.read], weights=[5, 2, 2])[0]()
    walk.read()
    never = {"redeemed", "refused", "disableUse", "enableUse", "read"} - set(walk.reach)
    if never:
        raise NotTested(f"the walk of {STEPS} steps never did: {', '.join(sorted(never))}")
