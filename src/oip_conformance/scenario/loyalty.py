"""Words about loyalty: points and where they come from, stamp cards and the clips on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import Member, MemberWords
from oip_conformance.scenario.numbers import number_at
from oip_conformance.scenario.signals import NotTested

POINTS = ("points", "pointsActive", "pointsPending", "pointsExpired", "pointsTotal")


@dataclass(frozen=True)
class Balance:
    """A member's points as the customer shows them, and the answer that showed them."""

    answer: Answer
    points: float
    active: float
    pending: float
    expired: float
    total: float

    def expect_risen(self, before: Balance, by: float) -> None:
        """Balance and total are exactly so many points above an earlier reading."""
        for name, was, now in (("points", before.points, self.points), ("pointsTotal", before.total, self.total)):
            if round(now - was, 6) != round(by, 6):
                raise self.answer.unmet(f"{name} {was:g} + {by:g} = {was + by:g}", f"{now:g}")

    def expect_unchanged(self, before: Balance) -> None:
        """All five numbers are those of an earlier reading."""
        if self.numbers != before.numbers:
            raise self.answer.unmet(f"the balance unchanged: {before.numbers}", f"{self.numbers}")

    @property
    def numbers(self) -> dict[str, float]:
        """The five numbers by their published names."""
        return dict(zip(POINTS, (self.points, self.active, self.pending, self.expired, self.total), strict=True))


@dataclass(frozen=True)
class Card:
    """A stamp card as a member's list shows it; `total` is None where the list does not say it as a number."""

    id: str
    count: int
    total: int | None
    listed: Mapping[str, Any]

    @property
    def free(self) -> int:
        """How many clips fit on the card before the last place; one is always taken to fit."""
        return 1 if self.total is None else max(0, self.total - 1 - self.count)


class LoyaltyWords(MemberWords):
    """Sentences about points and stamp cards."""

    def balance(self, member: Member) -> Balance:
        """The member's points now. Raises Unmet when the customer does not show them as numbers."""
        answer = self.read(member).expect(200)
        return Balance(answer, *(number_at(answer, "data", "loyalty", name) for name in POINTS))

    def add_points(self, member: Member | str, points: float, **more: Any) -> Answer:
        """Give points by hand to a member, or to whoever has an identifier."""
        holder = member if isinstance(member, str) else self.person_id(member)
        body = {"externalId": holder, "points": points, "description": "Conformance test"}
        return self.call("bonusAddRewardPoints", json={**body, **more})

    def some_activity(self) -> str:
        """An activity of the profile. Raises NotTested when it names none."""
        self.require("bonusImport")
        activities = self.profile.fixtures.activities
        if not activities:
            raise NotTested("[fixtures] of the profile names no activities")
        return activities[0]

    def import_activity(self, member: Member | str, activity: str | None = None, *, value: int = 10) -> Answer:
        """Import an activity of a member, or of whoever has an identifier; the profile's first where none is named."""
        holder = member if isinstance(member, str) else self.person_id(member)
        body = {"externalId": holder, "activity": activity or self.some_activity()}
        return self.call("bonusImport", json={**body, "activityDate": "2024-07-01", "activityValue": value})

    def bonus_transactions(self, member: Member | str) -> Answer:
        """Ask for the bonus transactions of a member, or of whoever has an identifier."""
        holder = member if isinstance(member, str) else self.person_id(member)
        return self.call("getBonusTransactions", path={"customerId": holder})

    def cards_answer(self, member: Member | str) -> Answer:
        """Ask for the stamp cards of a member, or of whoever has an identifier."""
        holder = member if isinstance(member, str) else self.person_id(member)
        return self.call("stampCard1", path={"customerId": holder})

    def cards_of(self, member: Member) -> dict[str, Card]:
        """A member's stamp cards by id. Raises Unmet when a card has no id or no whole number as its count."""
        answer = self.cards_answer(member).expect(200)
        return {card.id: card for card in (card_at(answer, position) for position in range(len(answer.items())))}

    def card_named(self, member: Member) -> Card:
        """The profile's first stamp card as the member has it, or the first that the member's list shows.

        A card on which nothing was stamped yet may be missing from the list. Raises NotTested when there is no card.
        """
        cards, named = self.cards_of(member), self.profile.fixtures.stamp_cards
        if named:
            return cards.get(named[0], Card(named[0], 0, None, {}))
        if not cards:
            raise NotTested("[fixtures] stamp_cards of the profile is empty, and a new member has no stamp card")
        return next(iter(cards.values()))

    def clips(self, member: Member, card: Card | str) -> int:
        """How many clips a member has on a card; none when the list does not show it."""
        found = self.cards_of(member).get(card if isinstance(card, str) else card.id)
        return found.count if found else 0

    def add_clips(self, card: Card | str, member: Member | str, clips: int = 1, **more: Any) -> Answer:
        """Stamp a member's card by hand."""
        holder = member if isinstance(member, str) else self.person_id(member)
        stores = self.profile.fixtures.stores
        body: dict[str, Any] = {"id": card if isinstance(card, str) else card.id, "memberId": holder}
        body |= {"storeId": stores[0]} if stores else {}
        return self.call("addClips", json={**body, "cashierId": 123, "itemCount": clips, **more})

    def transfer_clips(self, card: Card | str, giver: Member | str, receiver: Member | str, clips: int = 1) -> Answer:
        """Move clips of a card from one member to another."""
        return self.call(
            "transferClips",
            json={
                "fromCustomerId": giver if isinstance(giver, str) else self.person_id(giver),
                "toCustomerId": receiver if isinstance(receiver, str) else self.person_id(receiver),
                "loyaltycardId": card if isinstance(card, str) else card.id,
                "clipCount": clips,
            },
        )


def card_at(answer: Answer, *steps: str | int) -> Card:
    """The stamp card at a place of a body. Raises Unmet when it has no id or no whole number as its count."""
    listed = answer.at(*steps)
    count = number_at(answer, *steps, "count")
    if count != int(count):
        raise answer.unmet("a whole number of clips", f"{count}")
    total = listed.get("total")
    known = isinstance(total, int | float) and not isinstance(total, bool)
    return Card(str(answer.at(*steps, "id")), int(count), int(total) if known else None, listed)
