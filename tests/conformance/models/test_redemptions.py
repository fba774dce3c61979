"""The redemption ledger against a model: counts, limits and switches of each member, whatever the order of calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oip_conformance.scenario import Member, Oip, level, requirement
from oip_conformance.scenario.walking import Rule, Walk

STEPS = 120
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


class Redemptions(Walk):
    """Redemptions, switches and reads for several members."""

    name = "redemptions"
    happenings = ("redeemed", "refused", "enabled", "disabled", "read")

    def __init__(self, oip: Oip, seed: int, members: list[Member]) -> None:
        super().__init__(oip, seed)
        self.members = members
        self.ledger: dict[tuple[str, str], Entry] = {}
        for member in members:
            for role in ROLES:
                promotion = oip.promotion_of(member, role=role)
                self.ledger[member.id, promotion.id] = Entry(promotion.redemptions_left)

    def rules(self) -> Mapping[Rule, int]:
        """Redemptions most of all."""
        return {self.redeem: 5, self.switch: 2, self.read: 2}

    def pick(self) -> tuple[Member, str, Entry]:
        """A member, a promotion, and what the model knows of both."""
        member = self.random.choice(self.members)
        promotion = self.random.choice([name for holder, name in self.ledger if holder == member.id])
        return member, promotion, self.ledger[member.id, promotion]

    def redeem(self) -> str:
        """A redemption: it succeeds exactly when the model says so."""
        member, promotion, entry = self.pick()
        if not entry.usable:
            self.oip.redeem(promotion, member).expect_error(400)
            return "refused"
        self.oip.redeem(promotion, member).expect(200)
        entry.count += 1
        return "redeemed"

    def switch(self) -> str:
        """Enabling or disabling."""
        member, promotion, entry = self.pick()
        entry.enabled = self.random.random() < 0.6
        operation = "enableUse" if entry.enabled else "disableUse"
        query = {"id": promotion, "customerId": self.oip.person_id(member)}
        self.oip.call(operation, query=query).expect(200)
        return "enabled" if entry.enabled else "disabled"

    def read(self) -> str:
        """The list and the redeemed list of a member agree with the model."""
        member, _, _ = self.pick()
        self.check(member)
        return "read"

    def check(self, member: Member) -> None:
        """What a member is shown is what the model knows."""
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


@level("standard")
@requirement("OIP-PROMO-38")
def test_the_ledger_of_redemptions_behaves_as_one_ledger(oip: Oip, run_seed: int) -> None:
    """Every answer is the one of a ledger with counts, limits and switches for each member."""
    walk = Redemptions(oip, run_seed, [oip.create_member() for _ in range(3)])
    walk.run(STEPS)
    for member in walk.members:
        walk.check(member)
