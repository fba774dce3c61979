"""Variations of ids, times and texts."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from oip_reference.consents import Consents
from oip_reference.customer_documents import CustomerDocuments
from oip_reference.members import Members
from oip_reference.promotions import Promotions
from oip_reference.rewriting import promotions_in, records_in, rewrite
from oip_reference.server import ReferenceServer
from oip_reference.variations.registration import variation

if TYPE_CHECKING:
    from oip_reference.http.request import Call

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ids(server: ReferenceServer, make: Callable[[], str]) -> None:
    server.replace(Members, "new_id", lambda _part: make())


@variation("writes_ids_in_lower_case", family="ids")
def _(server: ReferenceServer) -> None:
    """Customers' ids are GUIDs in lower case."""
    _ids(server, lambda: str(uuid4()))


@variation("counts_ids", family="ids")
def _(server: ReferenceServer) -> None:
    """Customers' ids are numbers as text."""
    numbers = count(100234)
    _ids(server, lambda: str(next(numbers)))


@variation("makes_ids_that_sort", family="ids")
def _(server: ReferenceServer) -> None:
    """Customers' ids are ULIDs."""

    def make() -> str:
        value = (time.time_ns() // 1_000_000 << 80) | (uuid4().int & ((1 << 80) - 1))
        return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))

    _ids(server, make)


@variation("puts_a_prefix_before_ids", family="ids")
def _(server: ReferenceServer) -> None:
    """Customers' ids are GUIDs between a prefix and a suffix."""
    _ids(server, lambda: f"cust_{uuid4().hex}-NO1")


@variation("writes_ids_in_braces", family="ids")
def _(server: ReferenceServer) -> None:
    """Customers' ids are GUIDs in braces, as some databases write them."""
    _ids(server, lambda: "{" + str(uuid4()).upper() + "}")


def _windows(server: ReferenceServer, spell: Callable[[str], str]) -> None:
    def body(value: Any, _call: Call) -> None:
        for promotion in promotions_in(value):
            promotion.update({name: spell(promotion[name]) for name in ("validFrom", "validTo")})

    rewrite(server, body=body)


@variation("spells_windows_with_an_offset", family="times")
def _(server: ReferenceServer) -> None:
    """validFrom and validTo are in Norwegian time with an offset."""

    def spell(text: str) -> str:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00")) + timedelta(hours=1)
        return moment.replace(tzinfo=None).isoformat() + "+01:00"

    _windows(server, spell)


@variation("spells_windows_without_milliseconds", family="times")
def _(server: ReferenceServer) -> None:
    """validFrom and validTo have no milliseconds."""
    _windows(server, lambda text: f"{text[:19]}Z")


@variation("spells_windows_to_the_tick", family="times")
def _(server: ReferenceServer) -> None:
    """validFrom and validTo have seven digits of a second, as .NET writes them."""
    _windows(server, lambda text: f"{text[:23]}0000Z")


@variation("dates_redemptions_in_local_time", family="times")
def _(server: ReferenceServer) -> None:
    """The history has local times without an offset."""

    def entry(_part: Promotions, redemption: Any) -> dict[str, Any]:
        local = (redemption.redeemed + timedelta(hours=2)).replace(tzinfo=None)
        return {**kept(redemption), "redeemDateTime": local.isoformat(timespec="seconds")}

    kept = server.replace(Promotions, "history_entry", entry)


@variation("keeps_its_times_in_norway", family="times")
def _(server: ReferenceServer) -> None:
    """metaData has the local time of Norway in summer."""

    def shown(text: str) -> str:
        return (datetime.fromisoformat(text) + timedelta(hours=2)).isoformat(" ")

    kept = server.replace(
        CustomerDocuments, "meta_data", lambda _part, member: {k: shown(v) for k, v in kept(member).items()}
    )


@variation("shows_birthdays_as_days", family="times")
def _(server: ReferenceServer) -> None:
    """A date of birth is shown as a day without a time."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            if isinstance(record.get("birthDate"), str):
                record["birthDate"] = record["birthDate"][:10]

    rewrite(server, body=body)


@variation("dates_consents_in_utc", family="times")
def _(server: ReferenceServer) -> None:
    """consentDate has milliseconds and a Z."""

    def document(_part: Consents, tenant: str, consents: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = kept(tenant, consents)
        dated = [{**one, "consentDate": f"{one['consentDate']}.000Z"} for one in shown["extendedConsents"]]
        return {**shown, "extendedConsents": dated}

    kept = server.replace(Consents, "document", document)


@variation("shows_zip_codes_as_they_were_sent", family="types")
def _(server: ReferenceServer) -> None:
    """A zip code without a leading zero is shown as the bare number of the published sample."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            code = record.get("zip")
            if isinstance(code, str) and code.isascii() and code.isdigit() and not code.startswith("0"):
                record["zip"] = int(code)

    rewrite(server, body=body)


def _in_form(value: Any, form: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_form(part, form) for name, part in value.items()}
    if isinstance(value, list):
        return [_in_form(part, form) for part in value]
    return unicodedata.normalize(form, value) if isinstance(value, str) else value


@variation("decomposes_letters", family="encoding")
def _(server: ReferenceServer) -> None:
    """Names and addresses are shown in Unicode's decomposed form: another spelling of the same text."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            for name in ("firstName", "lastName", "address", "city", "interests"):
                if name in record:
                    record[name] = _in_form(record[name], "NFD")

    rewrite(server, body=body)


@variation("shows_loyalty_cards_by_number", family="types")
def _(server: ReferenceServer) -> None:
    """The id of a stamp card is a number where it is one, as declared."""

    def cards(value: Any) -> Any:
        if isinstance(value, dict):
            changed = {name: cards(part) for name, part in value.items()}
            if {"namn", "total"} <= set(changed) and str(changed.get("id")).isdigit():
                changed["id"] = int(changed["id"])
            return changed
        return [cards(part) for part in value] if isinstance(value, list) else value

    rewrite(server, body=lambda value, _call: cards(value) if isinstance(value, dict | list) else None)
