"""Defects of single values: texts, zip codes, dates, times."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Refused
from oip_reference.http.parameters import Parameters
from oip_reference.http.reader import Reader
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import MemberRecords

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.storage.member_records import Member

Change = Callable[[Any], Any]
_TEXT = ("OIP-CUST-03", "OIP-CUST-14", "OIP-CUST-15", "OIP-CUST-23", "OIP-CORE-15", "OIP-CUST-44")


def _stored(server: ReferenceServer, names: tuple[str, ...], change: Change, *, updates_only: bool = False) -> None:
    """Stores `change(value)` instead of the value of these fields; the answer shows what was sent."""

    def write(kept: Callable[[Member], None]) -> Callable[[MemberRecords, Member], None]:
        def written(_part: MemberRecords, member: Member) -> None:
            changed = {
                name: change(member.profile[name]) for name in names if isinstance(member.profile.get(name), str)
            }
            kept(member._replace(profile={**member.profile, **changed}))

        return written

    for method in ("save",) if updates_only else ("add", "save"):
        original = getattr(server.part(MemberRecords), method)
        server.replace(MemberRecords, method, write(original))


@defect("stores_question_marks_for_emoji", breaks="OIP-CUST-33", family="encoding", also=_TEXT)
def _(server: ReferenceServer) -> None:
    """Characters beyond the basic plane of Unicode are stored as question marks."""
    _stored(
        server,
        ("firstName", "lastName", "address"),
        lambda text: "".join(one if ord(one) < 0x10000 else "?" for one in text),
    )


@defect("escapes_names_for_html", breaks="OIP-CUST-33", family="encoding", also=_TEXT)
def _(server: ReferenceServer) -> None:
    """Ampersands and angle brackets in names are stored as HTML entities."""
    _stored(server, ("firstName", "lastName"), lambda text: html.escape(text, quote=False))


@defect("takes_accents_off_addresses", breaks="OIP-CUST-33", family="encoding", also=_TEXT)
def _(server: ReferenceServer) -> None:
    """Accents in addresses are taken off, as in \u010c\u00e1hppes."""

    def change(text: str) -> str:
        apart = unicodedata.normalize("NFD", text)
        return "".join(one for one in apart if not unicodedata.combining(one))

    _stored(server, ("address",), change)


@defect("reads_names_as_latin_1", breaks="OIP-CUST-33", family="encoding", also=("OIP-C*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """Last names of an update are stored as UTF-8 that was taken for Latin-1."""
    _stored(server, ("lastName",), lambda text: text.encode().decode("latin-1"), updates_only=True)


@defect("writes_last_names_in_capitals", breaks="OIP-CUST-33", family="encoding", also=("OIP-C*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """Last names of an update are stored in title case."""
    _stored(server, ("lastName",), lambda text: text.title(), updates_only=True)


@defect("cuts_names_at_ten_characters", breaks="OIP-CUST-33", family="boundary", also=("OIP-C*",))
def _(server: ReferenceServer) -> None:
    """Names are stored up to their tenth character."""
    _stored(server, ("firstName", "lastName"), lambda text: text[:10])


@defect("loses_the_zero_of_a_zip_code", breaks="OIP-CUST-34", family="rare", also=("OIP-CUST-03",))
def _(server: ReferenceServer) -> None:
    """A zip code is kept as a number, so that Oslo's lose their leading zero."""
    _stored(server, ("zip",), lambda code: code.lstrip("0"))


@defect("an_update_loses_the_zero_of_a_zip_code", breaks="OIP-CUST-34", family="rare", also=("OIP-CUST-15",))
def _(server: ReferenceServer) -> None:
    """A zip code with a leading zero loses it only when it comes with an update."""
    _stored(server, ("zip",), lambda code: code.lstrip("0"), updates_only=True)


@defect("loses_two_zeros_of_a_zip_code", breaks="OIP-CUST-34", family="rare", also=("OIP-CUST-03",))
def _(server: ReferenceServer) -> None:
    """Only zip codes that begin with two zeros are shortened."""
    _stored(server, ("zip",), lambda code: code[1:] if code.startswith("00") else code)


def _refuse_zip_numbers(server: ReferenceServer, *operations: str) -> None:
    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        kept(operation, media_type, value)
        if operation.id in operations and isinstance(value["data"].get("zip"), int):
            raise Refused(400, [{"field": "/data/zip", "message": "must be a text"}])

    kept = server.replace(Reader, "check", check)


@defect("refuses_a_zip_code_that_is_a_number", breaks="OIP-CUST-35", family="types", also=("OIP-POS-*",))
def _(server: ReferenceServer) -> None:
    """The bare number of the published sample is refused in a creation."""
    _refuse_zip_numbers(server, "createMember")


@defect("an_update_refuses_a_zip_code_that_is_a_number", breaks="OIP-CUST-35", family="types", also=("OIP-POS-*",))
def _(server: ReferenceServer) -> None:
    """The bare number of the published sample is refused in an update."""
    _refuse_zip_numbers(server, "updateMember")


@defect("a_zip_number_becomes_a_fraction", breaks="OIP-CUST-35", family="types", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """A zip code sent as the number 1010 is stored as "1010.0"."""

    def new(_part: Customers, tenant: Any, data: dict[str, Any], now: Any) -> Member:
        member: Member = kept(tenant, data, now)
        if isinstance(data.get("zip"), int):
            return member._replace(profile={**member.profile, "zip": f"{data['zip']}.0"})
        return member

    kept = server.replace(Customers, "new_member", new)


def _day_before(text: str) -> str:
    try:
        return (datetime.fromisoformat(text) - timedelta(hours=1)).isoformat()
    except (ValueError, OverflowError):
        return text


@defect(
    "moves_birthdays_to_the_day_before",
    breaks="OIP-CUST-36",
    family="encoding",
    also=(*_TEXT, "OIP-CUST-16", "OIP-CUST-19"),
)
def _(server: ReferenceServer) -> None:
    """A date of birth is taken for local time and stored in UTC, an hour and a day earlier."""
    _stored(server, ("birthDate",), _day_before)


@defect("moves_birthdays_in_summer", breaks="OIP-CUST-36", family="rare", also=(*_TEXT, "OIP-CUST-16", "OIP-CUST-19"))
def _(server: ReferenceServer) -> None:
    """Only dates of birth in summer time move to the day before."""
    _stored(server, ("birthDate",), lambda text: _day_before(text) if "04" <= text[5:7] <= "09" else text)


@defect("moves_birthdays_before_1970", breaks="OIP-CUST-36", family="rare", also=_TEXT)
def _(server: ReferenceServer) -> None:
    """Dates of birth before 1970 are stored as 1970-01-01."""
    _stored(server, ("birthDate",), lambda text: "1970-01-01T00:00:00" if text < "1970" else text)


@defect("loses_leap_days", breaks="OIP-CUST-36", family="rare", also=_TEXT)
def _(server: ReferenceServer) -> None:
    """A date of birth on 29 February is stored as 1 March."""
    _stored(server, ("birthDate",), lambda text: text.replace("-02-29", "-03-01"))


def _times(server: ReferenceServer, spell: Callable[[str], Any]) -> None:
    kept = server.replace(
        CustomerDocuments, "meta_data", lambda _part, member: {k: spell(v) for k, v in kept(member).items()}
    )


@defect("spells_times_in_iso_8601", breaks="OIP-CUST-28", family="encoding", also=("OIP-CUST-27",))
def _(server: ReferenceServer) -> None:
    """The times of metaData are spelt 2023-01-01T15:15:00Z."""
    _times(server, lambda text: text.replace(" ", "T") + "Z")


@defect("spells_times_in_norwegian", breaks="OIP-CUST-28", family="encoding", also=("OIP-CUST-27",))
def _(server: ReferenceServer) -> None:
    """The times of metaData are spelt 01.01.2023 15:15:00."""
    _times(server, lambda text: f"{text[8:10]}.{text[5:7]}.{text[:4]} {text[11:]}")


@defect("is_two_days_behind", breaks="OIP-CUST-28", family="arithmetic", also=("OIP-CUST-37", "OIP-CUST-39"))
def _(server: ReferenceServer) -> None:
    """The times of metaData are two days in the past."""
    _times(server, lambda text: (datetime.fromisoformat(text) - timedelta(days=2)).isoformat(" "))


def _listed(server: ReferenceServer, change: Callable[[list[Member], datetime], list[Member]]) -> None:
    def changed(_part: MemberRecords, tenant: str, moment: datetime) -> list[Member]:
        return change(kept(tenant, moment), moment)

    kept = server.replace(MemberRecords, "changed_since", changed)


@defect("lists_new_customers_only", breaks="OIP-CUST-37", family="lost", also=("OIP-CUST-39",))
def _(server: ReferenceServer) -> None:
    """The list of changed customers leaves out those who were updated."""
    _listed(server, lambda members, _since: [one for one in members if one.created == one.updated])


@defect("lists_changed_customers_twice", breaks="OIP-CUST-37", family="duplicated", also=("OIP-CUST-39",))
def _(server: ReferenceServer) -> None:
    """A customer who was updated is in the list twice."""
    _listed(server, lambda members, _since: [*members, *(one for one in members if one.created != one.updated)])


@defect(
    "lists_a_hundred_changed_customers",
    breaks="OIP-CUST-37",
    family="limits",
    also=("OIP-CUST-39", "OIP-CUST-38", "OIP-ISO-04"),
)
def _(server: ReferenceServer) -> None:
    """The list of changed customers ends after the first hundred, without a word."""
    _listed(server, lambda members, _since: members[:100])


@defect(
    "lists_ten_changed_customers",
    breaks="OIP-CUST-37",
    family="paging",
    also=("OIP-CUST-39", "OIP-CUST-38", "OIP-ISO-04"),
)
def _(server: ReferenceServer) -> None:
    """The list of changed customers ends after the first ten."""
    _listed(server, lambda members, _since: members[:10])


def _since(server: ReferenceServer, read: Callable[[datetime], datetime]) -> None:
    def changed(_part: MemberRecords, tenant: str, moment: datetime) -> list[Member]:
        return kept(tenant, read(moment))

    kept = server.replace(MemberRecords, "changed_since", changed)


@defect("lists_customers_who_did_not_change", breaks="OIP-CUST-38", family="limits")
def _(server: ReferenceServer) -> None:
    """Every customer is in the list of changed customers, whatever the timestamp."""
    _since(server, lambda _moment: datetime.fromisoformat("2000-01-01T00:00:00+00:00"))


@defect("reads_a_timestamp_in_norwegian_time", breaks="OIP-CUST-38", family="encoding")
def _(server: ReferenceServer) -> None:
    """A timestamp is taken for Norwegian time, so that an hour too much is listed."""
    _since(server, lambda moment: moment - timedelta(hours=1))


@defect("lists_the_changes_of_the_whole_day", breaks="OIP-CUST-38", family="boundary")
def _(server: ReferenceServer) -> None:
    """Of a timestamp only the day counts."""
    _since(server, lambda moment: moment.replace(hour=0, minute=0))


@defect("the_last_day_is_empty", breaks="OIP-CUST-39", family="limits", also=("OIP-ISO-04",))
def _(server: ReferenceServer) -> None:
    """Without a timestamp nobody is listed."""
    rewrite(server, "getChangedCustomersListSinceLastDay", body=lambda _value, _call: {"data": []})


@defect("the_last_day_lists_everybody_twice", breaks="OIP-CUST-39", family="duplicated")
def _(server: ReferenceServer) -> None:
    """Without a timestamp every customer is listed twice."""
    rewrite(
        server,
        "getChangedCustomersListSinceLastDay",
        body=lambda value, _call: {"data": [*value["data"], *value["data"]]},
    )


def _timestamps(server: ReferenceServer, read: Callable[[str], datetime | None]) -> None:
    """Takes a timestamp of another form when `read(text)` makes a moment of it."""

    def timestamp(_part: Customers, raw: str) -> datetime | None:
        return kept(raw) or read(raw)

    def path(_part: Parameters, operation: Operation, raw: dict[str, str]) -> dict[str, Any]:
        return raw if operation.id == "getChangedCustomersList" else keep(operation, raw)

    kept = server.replace(Customers, "timestamp", timestamp)
    keep = server.replace(Parameters, "path", path)


@defect("takes_any_timestamp", breaks="OIP-CUST-40", family="validation", also=("OIP-NEG-02",))
def _(server: ReferenceServer) -> None:
    """A timestamp that is none is taken for the beginning of time."""
    _timestamps(server, lambda _raw: datetime.fromisoformat("2000-01-01T00:00:00+00:00"))


@defect("takes_days_that_do_not_exist", breaks="OIP-CUST-40", family="boundary", also=("OIP-NEG-02",))
def _(server: ReferenceServer) -> None:
    """The 30th of February is taken for the first of March."""

    def read(raw: str) -> datetime | None:
        rolled = raw.replace("0230T", "0301T")
        return None if rolled == raw else datetime.strptime(f"{rolled}+0000", "%Y%m%dT%H%M%z")

    _timestamps(server, read)


@defect("takes_seconds_for_a_timestamp", breaks="OIP-CUST-40", family="types", also=("OIP-NEG-02",))
def _(server: ReferenceServer) -> None:
    """A number of seconds since 1970 is taken for a timestamp."""
    _timestamps(
        server,
        lambda raw: (
            datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=int(raw))
            if raw.isdigit() and len(raw) < 11
            else None
        ),
    )


@defect(
    "the_changed_list_is_one_customer_short",
    breaks="OIP-CUST-37",
    family="arithmetic",
    also=("OIP-CUST-38", "OIP-CUST-39", "OIP-ISO-04"),
)
def _(server: ReferenceServer) -> None:
    """The customer who changed last is missing from the list."""
    _listed(server, lambda members, _since: members[:-1])
