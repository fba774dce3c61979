"""Histories of several tills at once: whatever their order was, the answers explain what is there at the end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from oip_conformance.scenario import Answer, NotTested, Oip, level, requirement
from oip_conformance.scenario.comparing import at_once

TILLS, CALLS = 4, 15

D = TypeVar("D")


def tills(draws: Sequence[D], call: Callable[[D], Answer]) -> list[tuple[D, Answer]]:
    """Four tills work through their shares of the draws at the same time, each one call after the other."""
    shares = [draws[number::TILLS] for number in range(TILLS)]
    done = at_once([lambda share=share: [(one, call(one)) for one in share] for share in shares])
    return [pair for share in done for pair in share]


@level("standard")
@requirement("OIP-PROMO-37")
def test_redemptions_at_several_tills_are_counted_and_limited(oip: Oip, run_seed: int) -> None:
    """Each count is the number of redemptions answered 200, never above the limit, and none is refused below it."""
    draw = random.Random(run_seed)
    members = [oip.create_member() for _ in range(3)]
    promotions = {
        (one.id, role): oip.promotion_of(one, role=role)
        for one in members
        for role in ("open", "single_use", "unlimited")
    }
    draws = [draw.choice(list(promotions)) for _ in range(TILLS * CALLS)]
    by_id = {one.id: one for one in members}

    history = tills(draws, lambda key: oip.redeem(promotions[key], by_id[key[0]]).expect(200, 400))

    succeeded = Counter(key for key, answer in history if answer.status == 200)
    refused = Counter(key for key, answer in history if answer.status == 400)
    for one in members:
        answer = oip.promotions_answer(one).expect(200)
        listed = {item.get("id"): item for item in answer.items() if isinstance(item, dict)}
        for key in (key for key in promotions if key[0] == one.id):
            limit, count = promotions[key].redemptions_left, succeeded[key]
            if limit is not None and (count > limit or (refused[key] and count < limit)):
                raise answer.unmet(
                    f"{min(limit, draws.count(key))} of {draws.count(key)} to succeed", f"{count} succeeded"
                )
            if limit is None and refused[key]:
                raise answer.unmet("no refusal of a promotion without limit", f"{refused[key]}")
            shown = listed.get(promotions[key].id, {}).get("redemptionCount", count)
            if shown != count:
                raise answer.unmet(f"redemptionCount {count} of {key[1]}", f"{shown}")


@level("standard")
@requirement("OIP-LOY-05")
def test_points_from_several_tills_are_all_there(oip: Oip, run_seed: int) -> None:
    """Each balance has risen by all points that were answered 200 for its member, and by no others."""
    draw = random.Random(run_seed)
    members = [oip.create_member() for _ in range(3)]
    before = {one.id: oip.balance(one) for one in members}
    draws = [(draw.choice(members), draw.randrange(1, 1000)) for _ in range(TILLS * CALLS)]

    history = tills(draws, lambda one: oip.add_points(one[0], one[1]).expect(200))

    for member in members:
        given = sum(points for (holder, points), _ in history if holder is member)
        oip.balance(member).expect_risen(before[member.id], given)


@level("standard")
@requirement("OIP-LOY-24")
def test_clips_handed_on_at_several_tills_are_conserved(oip: Oip, run_seed: int) -> None:
    """Stamps and transfers at once: each member has what the answers add up to, and never fewer than none."""
    draw = random.Random(run_seed)
    members = [oip.create_member() for _ in range(3)]
    card = oip.card_named(members[0])
    room = (card.total or 4) - 1 - len(members)
    if room < 1:
        raise NotTested(f"stamp card {card.id} has no room for {len(members) + 1} clips")
    for one in members:
        oip.add_clips(card, one).expect(200)
    moves = [tuple(draw.sample(range(3), 2)) for _ in range(TILLS * CALLS - room)]
    draws: list[tuple[int, ...]] = [*moves, *((draw.randrange(3),) for _ in range(room))]
    draw.shuffle(draws)

    def call(one: tuple[int, ...]) -> Answer:
        if len(one) == 1:
            return oip.add_clips(card, members[one[0]]).expect(200)
        return oip.transfer_clips(card, members[one[0]], members[one[1]]).expect(200, 400)

    history = tills(draws, call)

    wanted = Counter(dict.fromkeys(range(3), 1))
    for one, answer in history:
        if answer.status == 200:
            wanted[one[-1]] += 1
            if len(one) == 2:
                wanted[one[0]] -= 1
    left = [oip.clips(one, card) for one in members]
    made = len(members) + room
    if sum(left) != made or min(left) < 0:
        raise history[0][1].unmet(f"{made} clips in all, none below zero", f"{left}")
    for position, member in enumerate(members):
        if left[position] != wanted[position]:
            raise oip.cards_answer(member).unmet(f"{wanted[position]} clips", f"{left[position]}")
