"""Defects of consents: given, withdrawn and shown otherwise than the customer said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from oip_reference.clock import iso_seconds
from oip_reference.consents import Consents
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_reference.storage.member_records import Member
    from oip_reference.tenancy.tenant import Tenant

Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], None]


def _at_creation(server: ReferenceServer, change: Change) -> None:
    """Calls `change(consents, data, {})` on the consents of a new customer."""

    def new(_part: Customers, tenant: Tenant, data: dict[str, Any], now: Any) -> Member:
        member: Member = kept(tenant, data, now)
        consents = dict(member.profile["consents"])
        change(consents, data, {})
        return member._replace(profile={**member.profile, "consents": consents})

    kept = server.replace(Customers, "new_member", new)


def _at_update(server: ReferenceServer, change: Change) -> None:
    """Calls `change(consents, data, before)` on the consents of an updated customer."""

    def updated(_part: Customers, tenant: Tenant, member: Member, data: dict[str, Any], now: Any) -> Member:
        changed: Member = kept(tenant, member, data, now)
        consents = dict(changed.profile["consents"])
        change(consents, data, member.profile["consents"])
        return changed._replace(profile={**changed.profile, "consents": consents})

    kept = server.replace(Customers, "updated_member", updated)


@defect("lists_a_consent_twice", breaks="OIP-CONS-01", family="duplicated")
def _(server: ReferenceServer) -> None:
    """listConsents lists its first consent twice."""
    rewrite(server, "listConsents", body=lambda value, _call: [*value, value[0]])


@defect(
    "a_consent_of_the_account_has_no_id", breaks="OIP-CONS-01", family="schema", also=("OIP-CORE-05", "OIP-CONS-0*")
)
def _(server: ReferenceServer) -> None:
    """The first consent that is listed has an empty id."""
    rewrite(server, "listConsents", body=lambda value, _call: [{**value[0], "id": ""}, *value[1:]])


@defect("takes_sms_for_email", breaks="OIP-CONS-02", family="state", also=("OIP-CONS-03",))
def _(server: ReferenceServer) -> None:
    """acceptsSms of a new customer gets the value of acceptsEmail."""
    _at_creation(server, lambda consents, _data, _before: consents.update(acceptsSms=consents["acceptsEmail"]))


@defect("no_to_all_becomes_yes_to_terms", breaks="OIP-CONS-02", family="rare", also=("OIP-CORE-15", "OIP-CUST-03"))
def _(server: ReferenceServer) -> None:
    """A new customer who says no to all three is registered as accepting the terms."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        if list((data.get("consents") or {}).values())[:3] == [False, False, False]:
            consents["acceptsTerms"] = True

    _at_creation(server, change)


@defect("accepts_email_for_everybody", breaks="OIP-CONS-03", family="state", also=("OIP-POS-*",))
def _(server: ReferenceServer) -> None:
    """A new customer who was not asked accepts email."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        if "acceptsEmail" not in (data.get("consents") or {}):
            consents["acceptsEmail"] = True

    _at_creation(server, change)


@defect("terms_bring_sms_with_them", breaks="OIP-CONS-03", family="state")
def _(server: ReferenceServer) -> None:
    """A new customer who accepts the terms and says nothing of SMS accepts SMS."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        given = data.get("consents") or {}
        if given.get("acceptsTerms") and "acceptsSms" not in given:
            consents["acceptsSms"] = True

    _at_creation(server, change)


@defect("a_consent_cannot_be_withdrawn", breaks="OIP-CONS-04", family="stale", also=("OIP-CONS-05",))
def _(server: ReferenceServer) -> None:
    """A consent that was given once stays given."""

    def change(consents: dict[str, Any], _data: dict[str, Any], before: dict[str, Any]) -> None:
        consents |= {name: True for name, value in before.items() if value is True}

    _at_update(server, change)


@defect("a_consent_cannot_be_given_again", breaks="OIP-CONS-04", family="stale")
def _(server: ReferenceServer) -> None:
    """acceptsSms that was withdrawn stays withdrawn."""

    def change(consents: dict[str, Any], _data: dict[str, Any], before: dict[str, Any]) -> None:
        consents["acceptsSms"] = consents["acceptsSms"] and before["acceptsSms"]

    _at_update(server, change)


@defect("a_change_of_one_consent_clears_the_others", breaks="OIP-CONS-05", family="lost", also=("OIP-CONS-04",))
def _(server: ReferenceServer) -> None:
    """An update of one consent clears those it does not name."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        if data.get("consents"):
            consents |= {name: bool(data["consents"].get(name)) for name in ("acceptsTerms", "acceptsEmail")}

    _at_update(server, change)


@defect("an_update_clears_the_extended_consents", breaks="OIP-CONS-05", family="lost", also=("OIP-CONS-08",))
def _(server: ReferenceServer) -> None:
    """An update of the city clears the extended consents."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        if "city" in data and "extendedConsents" not in data:
            consents["extendedConsents"] = []

    _at_update(server, change)


@defect(
    "drops_extended_consents_at_registration", breaks="OIP-CONS-06", family="lost", also=("OIP-CONS-05", "OIP-CONS-08")
)
def _(server: ReferenceServer) -> None:
    """extendedConsents of a creation are not stored."""
    _at_creation(server, lambda consents, _data, _before: consents.update(extendedConsents=[]))


@defect("takes_a_no_for_a_yes", breaks="OIP-CONS-06", family="state")
def _(server: ReferenceServer) -> None:
    """An extended consent that is refused at registration is stored as given."""

    def change(consents: dict[str, Any], _data: dict[str, Any], _before: dict[str, Any]) -> None:
        consents["extendedConsents"] = [{**one, "value": True} for one in consents["extendedConsents"]]

    _at_creation(server, change)


@defect("keeps_one_extended_consent", breaks="OIP-CONS-06", family="partial")
def _(server: ReferenceServer) -> None:
    """Of several extended consents at registration only the first is stored."""
    _at_creation(
        server, lambda consents, _data, _before: consents.update(extendedConsents=consents["extendedConsents"][:1])
    )


@defect("looks_for_extended_consents_one_level_lower", breaks="OIP-CONS-07", family="lost")
def _(server: ReferenceServer) -> None:
    """extendedConsents directly below `data` of an update are ignored."""

    def change(consents: dict[str, Any], data: dict[str, Any], before: dict[str, Any]) -> None:
        if "extendedConsents" in data:
            consents["extendedConsents"] = before["extendedConsents"]

    _at_update(server, change)


@defect("an_extended_consent_cannot_be_withdrawn", breaks="OIP-CONS-07", family="stale")
def _(server: ReferenceServer) -> None:
    """An extended consent that is withdrawn by an update stays given."""

    def change(consents: dict[str, Any], _data: dict[str, Any], before: dict[str, Any]) -> None:
        given = {one["id"] for one in before["extendedConsents"] if one["value"]}
        consents["extendedConsents"] = [
            {**one, "value": one["value"] or one["id"] in given} for one in consents["extendedConsents"]
        ]

    _at_update(server, change)


def _shown(server: ReferenceServer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    def document(_part: Consents, tenant: str, consents: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = kept(tenant, consents)
        return {**shown, "extendedConsents": [change(one) for one in shown["extendedConsents"]]}

    kept = server.replace(Consents, "document", document)


@defect("shows_no_date_of_a_consent", breaks="OIP-CONS-08", family="partial")
def _(server: ReferenceServer) -> None:
    """An extended consent is shown without its date."""
    _shown(server, lambda one: {name: value for name, value in one.items() if name != "consentDate"})


@defect("dates_a_consent_at_every_update", breaks="OIP-CONS-08", family="state", also=("OIP-CONS-05",))
def _(server: ReferenceServer) -> None:
    """Any update moves the date of the extended consents on by an hour."""

    def change(consents: dict[str, Any], _data: dict[str, Any], _before: dict[str, Any]) -> None:
        consents["extendedConsents"] = [
            {**one, "consentDate": _an_hour_on(one["consentDate"])} for one in consents["extendedConsents"]
        ]

    _at_update(server, change)


def _an_hour_on(text: str) -> str:
    return iso_seconds(datetime.fromisoformat(text) + timedelta(hours=1))


@defect("dates_consents_in_1970", breaks="OIP-CONS-08", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """Extended consents are dated 1970-01-01."""
    _shown(server, lambda one: {**one, "consentDate": "1970-01-01T00:00:00"})


@defect("who_says_nothing_accepts_email", breaks="OIP-CONS-03", family="state")
def _(server: ReferenceServer) -> None:
    """A customer who is created without any consents accepts email."""

    def change(consents: dict[str, Any], data: dict[str, Any], _before: dict[str, Any]) -> None:
        if "consents" not in data:
            consents["acceptsEmail"] = True

    _at_creation(server, change)


@defect("an_extended_consent_is_added_again", breaks="OIP-CONS-07", family="duplicated")
def _(server: ReferenceServer) -> None:
    """An extended consent of an update stands beside the one of the same id that was there."""

    def change(consents: dict[str, Any], data: dict[str, Any], before: dict[str, Any]) -> None:
        if "extendedConsents" in data:
            consents["extendedConsents"] = [*before.get("extendedConsents", []), *consents["extendedConsents"]]

    _at_update(server, change)
