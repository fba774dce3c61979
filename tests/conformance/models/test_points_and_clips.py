"""Points and clips against a model: any order of bookings, stamps and transfers is answered as one ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oip_conformance.scenario import Member, Oip, level, requirement
from oip_conformance.scenario.loyalty import Card
from oip_conformance.scenario.walking import Rule, Walk

STEPS = 120


@dataclass
class Account:
    """What the model knows of one member."""

    points: float
    total: float
    clips: int


class Ledger(Walk):
    """Bookings, clips, transfers and reads for several members."""

    name = "points and clips"
    happenings = ("booked", "stamped", "transferred", "transfer refused", "read")

    def __init__(self, oip: Oip, seed: int, members: list[Member]) -> None:
        super().__init__(oip, seed)
        self.members = members
        self.card: Card = oip.card_named(members[0])
        self.room = (self.card.total or 4) - 1
        self.accounts = {one.id: self._opened(one) for one in members}

    def rules(self) -> Mapping[Rule, int]:
        """Transfers most of all."""
        return {self.book: 3, self.stamp: 4, self.transfer: 5, self.read: 3}

    def _opened(self, member: Member) -> Account:
        balance = self.oip.balance(member)
        return Account(balance.points, balance.total, self.oip.clips(member, self.card))

    def pick(self) -> tuple[Member, Account]:
        """A member, and what the model knows of it."""
        member = self.random.choice(self.members)
        return member, self.accounts[member.id]

    def book(self) -> str:
        """Points by hand, named by any kind of id."""
        member, account = self.pick()
        points = self.random.choice([1, 10, 999, self.random.randrange(1, 5000)])
        way = self.random.choice(self.oip.profile.identifiers.customer)
        self.oip.add_points(member.identifier(way), points).expect(200)
        account.points += points
        account.total += points
        return "booked"

    def stamp(self) -> str | None:
        """Clips, as many as fit."""
        member, account = self.pick()
        clips = self.random.randint(1, 3)
        if account.clips + clips > self.room:
            return None
        self.oip.add_clips(self.card, member, clips).expect(200)
        account.clips += clips
        return "stamped"

    def transfer(self) -> str | None:
        """A transfer, now and then of more than there is: it succeeds exactly when the model says so."""
        giver, receiver = self.random.sample(self.members, 2)
        out, into = self.accounts[giver.id], self.accounts[receiver.id]
        clips = self.random.choice([1, 1, 2, out.clips + 1])
        if clips > out.clips:
            self.oip.transfer_clips(self.card, giver, receiver, clips).expect_error(400)
            return "transfer refused"
        if into.clips + clips > self.room:
            return None
        self.oip.transfer_clips(self.card, giver, receiver, clips).expect(200)
        out.clips -= clips
        into.clips += clips
        return "transferred"

    def read(self) -> str:
        """Balance and card of a member are those of the model."""
        member, account = self.pick()
        self.check(member, account)
        return "read"

    def check(self, member: Member, account: Account) -> None:
        """What a member is shown is what the model knows."""
        balance = self.oip.balance(member)
        if (balance.points, balance.total) != (account.points, account.total):
            wanted = f"points {account.points:g}, total {account.total:g}"
            raise balance.answer.unmet(wanted, f"points {balance.points:g}, total {balance.total:g}")
        clips = self.oip.clips(member, self.card)
        if clips != account.clips:
            raise self.oip.cards_answer(member).unmet(f"{account.clips} clips", f"{clips}")


@level("standard")
@requirement("OIP-LOY-25")
def test_points_and_clips_behave_as_one_ledger(oip: Oip, run_seed: int) -> None:
    """Every balance and count is the one of a ledger with an account for each member."""
    walk = Ledger(oip, run_seed, [oip.create_member() for _ in range(3)])
    walk.run(STEPS)
    for member in walk.members:
        walk.check(member, walk.accounts[member.id])
