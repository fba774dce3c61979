"""The stock: records that exist on the target; generated cases refer to them so that they reach past 404."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping

from oip_conformance.scenario.promotions import PromotionWords
from oip_conformance.scenario.signals import Inconclusive, NotApplicable, NotTested, Unmet
from oip_conformance.target import LimitReached, NotAllowed

_WITHOUT = (NotTested, NotApplicable, Inconclusive, NotAllowed, LimitReached, Unmet)


class Stock:
    """Hands out the values of references such as `customer.id` (`oip_conformance.generation.bindings` lists them all).

    What exists is made at its first use and then kept; what has to be new is new each time. A reference that cannot be
    had (the target lacks it, the profile names none) is absent: the cases that need it are left out.
    """

    def __init__(self, oip: PromotionWords) -> None:
        self._oip = oip
        self._lock = threading.RLock()
        self._values: dict[str, str | None] = {}
        self._makers: Mapping[str, Callable[[], dict[str, str]]] = {
            "customer": lambda: self._person("customer"),
            "changing": lambda: self._person("changing"),
            "cart": self._cart,
            "payment": self._payment,
            "store": lambda: {"store.id": oip.some_store()},
        }
        self._values |= {name: value for name, value in self._fixtures().items() if value}

    def values(self, references: Iterable[str]) -> dict[str, str] | None:
        """The values of these references, or None when one of them cannot be had."""
        found: dict[str, str] = {}
        newcomer: dict[str, str] | None = None
        for reference in references:
            if reference.startswith("new."):
                newcomer = newcomer or self._newcomer()
                found[reference] = newcomer[reference]
                continue
            value = self._value(reference)
            if value is None:
                return None
            found[reference] = value
        return found

    def make_ready(self, operation: str) -> None:
        """Give the customer what an operation can only take from one who has it: clips, where they are handed on."""
        values = self.values(("card.id", "customer.key")) if operation == "transferClips" else None
        if values is None:
            return
        clips = {"id": values["card.id"], "memberId": values["customer.key"], "itemCount": 2}
        store = self._value("store.id")
        with contextlib.suppress(*_WITHOUT):
            self._oip.call("addClips", json=clips | ({"storeId": store} if store else {})).expect(200)

    def _value(self, reference: str) -> str | None:
        with self._lock:
            if reference not in self._values:
                self._values[reference] = None
                self._make(reference.split(".", 1)[0])
            return self._values[reference]

    def _make(self, kind: str) -> None:
        maker = self._makers.get(kind)
        if maker is None:
            return
        try:
            self._values.update(maker())
        except _WITHOUT:
            return

    def _fixtures(self) -> dict[str, str | None]:
        fixtures = self._oip.profile.fixtures
        promotions = fixtures.promotions
        recipients = [number for numbers in self._oip.profile.safety.external.values() for number in numbers]
        phone = self._newcomer()["new.mobilePhone"] if self._oip.target.gate.everything else None
        return {
            "promotion.id": promotions.get("unlimited"),
            "store.id": _first(fixtures.stores),
            "card.id": _first(fixtures.stamp_cards),
            "activity.id": _first(fixtures.activities),
            "recipient.mobilePhone": _first(recipients) or phone,
            "report.type": _first(fixtures.reports),
            "trigger.id": _first(fixtures.triggers),
            "calculation.name": _first(fixtures.price_calculations),
            "function.customer": _first(fixtures.functions.customer),
            "function.promotions": _first(fixtures.functions.promotions),
            "lookup.mobilePhone": fixtures.lookups.mobile_phone,
            "lookup.ssn": fixtures.lookups.ssn,
            "message.id": _first(fixtures.messages),
        }

    def _newcomer(self) -> dict[str, str]:
        """A person who is not a customer yet."""
        person = self._oip.people.next()
        return {
            "new.mobilePhone": person.mobile_phone,
            "new.nationalPhone": person.national_phone,
            "new.externalId": person.external_id,
            "new.email": person.email,
            "new.token": self._oip.fresh_id("token"),
        }

    def _person(self, kind: str) -> dict[str, str]:
        member = self._oip.create_member()
        names = {"id": member.id, "mobilePhone": member.mobile_phone, "key": self._oip.person_id(member)}
        if member.external_id:
            names["externalId"] = member.external_id
        return {f"{kind}.{name}": value for name, value in names.items()}

    def _cart(self) -> dict[str, str]:
        cart = self._oip.fresh_id("cart")
        holder = self._value("customer.key")
        self._oip.call("createCart", json={"cartId": cart, "contactId": holder, "items": []}).expect(200)
        return {"cart.id": cart}

    def _payment(self) -> dict[str, str]:
        token = self._oip.fresh_id("token")
        holder = self._value("customer.key")
        self._oip.call("addPaymentToken", json={"memberId": holder, "token": token}).expect(200)
        return {"payment.token": token}


def _first(names: Iterable[str]) -> str | None:
    return next(iter(names), None)
