"""The stock: records that exist on the target; generated cases refer to them so that they reach past 404."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from oip_conformance.scenario.promotions import PromotionWords
from oip_conformance.scenario.signals import Inconclusive, NotApplicable, NotTested, Unmet
from oip_conformance.target import LimitReached, NotAllowed

_WITHOUT = (NotTested, NotApplicable, Inconclusive, NotAllowed, LimitReached, Unmet)


class Stock:
    """Hands out the values of references such as `customer.id`; each is made at its first use and then kept.

    A reference that cannot be had (the target lacks it, the profile names none) is absent: the cases that need it
    are left out, and the operation is judged by the others.
    """

    def __init__(self, oip: PromotionWords) -> None:
        self._oip = oip
        self._lock = threading.Lock()
        self._values: dict[str, str | None] = {}
        self._makers: dict[str, Callable[[], dict[str, str]]] = {
            "customer": self._customer,
            "other": self._other_customer,
            "promotion": self._promotion,
            "store": lambda: {"store.id": oip.some_store()},
        }

    def values(self, references: Iterable[str]) -> dict[str, str] | None:
        """The values of these references, or None when one of them cannot be had."""
        found: dict[str, str] = {}
        for reference in references:
            value = self._value(reference)
            if value is None:
                return None
            found[reference] = value
        return found

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

    def _customer(self) -> dict[str, str]:
        return self._person("customer")

    def _other_customer(self) -> dict[str, str]:
        return self._person("other")

    def _person(self, kind: str) -> dict[str, str]:
        member = self._oip.create_member()
        names = {"id": member.id, "mobilePhone": member.mobile_phone, "person": self._oip.person_id(member)}
        if member.external_id:
            names["externalId"] = member.external_id
        return {f"{kind}.{name}": value for name, value in names.items()}

    def _promotion(self) -> dict[str, str]:
        named = self._oip.profile.fixtures.promotions
        role = next((role for role in ("unlimited", "open") if named.get(role)), None)
        return {"promotion.id": named[role]} if role else {}
