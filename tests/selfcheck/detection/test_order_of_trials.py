"""In which order a whole matrix asks for its trials, asked with a laboratory that carries out none."""

from __future__ import annotations

from dataclasses import replace

from oip_conformance.contract.requirements import load_requirements
from oip_conformance.detection.deviations import Deviation
from oip_conformance.detection.examination import MANY, Depth, examine_all
from oip_conformance.detection.laboratory import Laboratory
from oip_conformance.detection.trial import Order, Sighting
from oip_conformance.verdict.state import State

LIE = Deviation("redeems_past_the_limit", "defect", "limits", "It lies.", ("OIP-PROMO-04",))
DIFFERENCE = Deviation("turns_the_order", "variation", "json", "It differs.")
DEPTH = Depth("smoke", seeds=(3, 4))


class Bench(Laboratory):
    """Sees what it is asked to see, and writes down every order."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Order] = []

    def carry_out(self, order: Order) -> Sighting:
        self.orders.append(order)
        applied = tuple(option.partition("=")[2] for option in order.server_options)
        broken = any("lie" in name for name in applied)
        return Sighting(
            {"OIP-PROMO-04": State.FAILED if broken else State.PASSED}, {"OIP-PROMO-04": 3}, applied=applied
        )


def orders_for(*deviations: Deviation) -> list[Order]:
    bench = Bench()
    found = list(examine_all(deviations, DEPTH, load_requirements(), workers=1, laboratory=bench))
    assert {str(one.word) for one in found} == {str(one.word) for one in found} & {"caught", "accepted"}
    return bench.orders


def lies(count: int, profile: str = "") -> list[Deviation]:
    return [replace(LIE, id=f"lie{profile}{number}", profile=profile) for number in range(count)]


def test_whole_sound_runs_that_many_are_held_against_come_first_and_once() -> None:
    orders = orders_for(DIFFERENCE, *lies(MANY))
    whole = [Order((), "smoke", seed) for seed in (3, 4)]
    assert orders[:2] == whole
    assert [one for one in orders if not one.server_options] == whole


def test_what_few_are_held_against_is_a_sound_run_like_theirs() -> None:
    orders = orders_for(*lies(MANY), *lies(MANY - 1, "limited"))
    sound = [one for one in orders if one.profile and not one.server_options]
    assert sound
    assert all(one.only for one in sound)


def test_one_defect_takes_no_whole_run() -> None:
    orders = orders_for(*lies(1))
    assert orders[0].server_options
    assert all(one.only for one in orders)
