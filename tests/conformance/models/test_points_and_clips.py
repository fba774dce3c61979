"""Points and clips against a model: any order of bookings, stamps and transfers is answered as one ledger."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from oip_conformance.scenario import Member, NotTested, Oip, level, requirement
from oip_conformance.scenario.loyalty import Card

STEPS = 60


@dataclass
class Account:
    """What the model knows of one member."""

    points: float
    total: float
    clips: int


class Walk:
    """A random walk over bookings, activities, clips, transfers and reads for several members."""

    def __init__(self, oip: Oip, seed: int, members: list[Member]) -> None:
        self.oip = oip
        self.random = random.Random(seed)
        self.members = members
        self.reach: Counter[str] = Counter()
        self.card: Card = oip.card_named(members[0])
        self.room = (self.card.total or 4) - 1
        self.accounts = {one.id: self._opened(one) for one in members}

    def _opened(self, member: Member) -> Account:
        balance = self.oip.balance(member)
        return Account(balance.points, balance.total, self.oip.clips(member, self.card))

    def pick(self) -> tuple[Member, Account]:
        """A member, and what the model knows of it."""
        member = self.random.choice(self.members)
        return member, self.accounts[member.id]

    def book(self) -> None:
        """Points by hand, named by any kind of id."""
        member, account = self.pick()
        points = self.random.choice([1, 10, 999, self.random.randrange(1, 5000)])
        way = self.random.choice(self.oip.profile.identifiers.customer)
        self.oip.add_points(member.identifier(way), points).expect(200)
        account.points += points
        account.total += points
        self.reach["booked"] += 1

    def stamp(self) -> None:
        """Clips, as many as fit."""
        member, account = self.pick()
        clips = self.random.randint(1, 3)
        if account.clips + clips > self.room:
            return
        self.oip.add_clips(self.card, member, clips).expect(200)
        account.clips += clips
        self.reach["stamped"] += 1

    def transfer(self) -> None:
        """A transfer, now and then of more than there is: it succeeds exactly when the model says so."""
        giver, receiver = self.random.sample(self.members, 2)
        out, into = self.accounts[giver.id], self.accounts[receiver.id]
        clips = self.random.choice([1, 1, 2, out.clips + 1])
        enough = clips <= out.clips
        if enough and into.clips + clips > self.room:
            return
        self.oip.transfer_clips(self.card, giver, receiver, clips).expect(200 if enough else 400)
        if enough:
            out.clips -= clips
            into.clips += clips
        self.reach["transferred" if enough else "transfer refused"] += 1

    def read(self) -> None:
        """Balance and card of a member are those of the model."""
        member, account = self.pick()
        balance = self.oip.balance(member)
        shown = (balance.points, balance.total)
        if shown != (account.points, account.total):
            raise balance.answer.unmet(f"points {account.points:g}, total {account.total:g}", f"{shown}")
        clips = self.oip.clips(member, self.card)
        if clips != account.clips:
            raise self.oip.cards_answer(member).unmet(f"{account.clips} clips", f"{clips}")
        self.reach["read"] += 1


@level("standard")
@requirement("OIP-LOY-25")
def test_points_and_clips_behave_as_one_ledger(oip: Oip, run_seed: int) -> None:
    """Every balance and count is the one of a ledger with an account for each member."""
    walk = Walk(oip, run_seed, [oip.create_member() for _ in range(3)])
    for _ in range(STEPS):
        walk.random.choices([walk.book, walk.stamp, walk.transfer, walk.read], weights=[3, 4, 5, 3])[0]()
    for _ in walk.members:
        walk.read()
    never = {"booked", "stamped", "transferred", "transfer refused", "read"} - set(walk.reach)
    if never:
        raise NotTested(f"the walk of {STEPS} steps never did: {', '.join(sorted(never))}")
