"""Defects of isolation: what belongs to one account is seen or changed by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oip_reference.customer_rules import CustomerRules
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import MemberRecords

if TYPE_CHECKING:
    from oip_reference.domain import Domain
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member

TENANTS = ("main", "second")


def in_any_account(server: ReferenceServer, domain: type[Domain], method: str) -> None:
    """Answers a call that finds nobody in the account from the other account."""

    def handler(_part: Domain, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.status not in (400, 404):
                raise
            own = call.tenant
            call.tenant = replace(own, name=next(name for name in TENANTS if name != own.name))
            try:
                return kept(call)
            except Refused:
                call.tenant = own
                raise refusal from None

    kept: Callable[[Call], Answer] = server.replace(domain, method, handler)


@defect("finds_another_accounts_member_by_id", breaks="OIP-ISO-01", family="isolation")
def _(server: ReferenceServer) -> None:
    """A customer of one account is found by id with the key of another."""
    in_any_account(server, Customers, "by_id")


@defect("finds_another_accounts_member_by_phone", breaks="OIP-ISO-01", family="isolation")
def _(server: ReferenceServer) -> None:
    """A customer of one account is found by mobile phone with the key of another."""
    in_any_account(server, Customers, "by_mobile_phone")


@defect("finds_another_accounts_member_by_external_id", breaks="OIP-ISO-01", family="isolation")
def _(server: ReferenceServer) -> None:
    """A customer of one account is found by external id with the key of another."""
    in_any_account(server, Customers, "by_external_id")


@defect("changes_another_accounts_member", breaks="OIP-ISO-02", family="isolation")
def _(server: ReferenceServer) -> None:
    """updateMember changes the customer with the id, whosever it is."""
    in_any_account(server, Customers, "update")


@defect("changes_another_accounts_member_by_external_id", breaks="OIP-ISO-02", family="isolation")
def _(server: ReferenceServer) -> None:
    """updateCustomerByExternalId changes the customer of whatever account."""
    in_any_account(server, Customers, "update_by_external_id")


@defect("a_phone_number_is_unique_across_accounts", breaks="OIP-ISO-03", family="isolation")
def _(server: ReferenceServer) -> None:
    """A number that is registered in one account is taken in all."""

    def holder(part: CustomerRules, member: Member) -> Member | None:
        found = (part.records.by_mobile_phone(name, member.mobile_phone) for name in TENANTS)
        return next((one for one in found if one is not None), None)

    server.replace(CustomerRules, "holder_of_phone", holder)


@defect("an_external_id_is_unique_across_accounts", breaks="OIP-ISO-03", family="isolation")
def _(server: ReferenceServer) -> None:
    """An external id that is used in one account is taken in all."""

    def holder(part: CustomerRules, member: Member) -> Member | None:
        found = (part.records.by_external_id(name, member.external_id or "") for name in TENANTS)
        return next((one for one in found if one is not None), None)

    server.replace(CustomerRules, "holder_of_external_id", holder)


@defect("lists_the_changed_customers_of_all_accounts", breaks="OIP-ISO-04", family="isolation")
def _(server: ReferenceServer) -> None:
    """Both lists of changed customers hold those of every account."""

    def changed(_part: MemberRecords, _tenant: str, moment: Any) -> list[Member]:
        return [member for name in TENANTS for member in kept(name, moment)]

    kept = server.replace(MemberRecords, "changed_since", changed)


@defect("lists_the_last_day_of_all_accounts", breaks="OIP-ISO-04", family="isolation", also=("OIP-CUST-39",))
def _(server: ReferenceServer) -> None:
    """Only the list of the last day holds the customers of every account."""

    def last_day(part: Customers, call: Call) -> Answer:
        listed = []
        for name in TENANTS:
            call.tenant = replace(call.tenant, name=name)
            listed += kept(call).body["data"]
        return Answer(200, {"data": listed})

    kept = server.replace(Customers, "changed_since_last_day", last_day)


@defect("lists_another_accounts_promotions", breaks="OIP-ISO-05", family="isolation")
def _(server: ReferenceServer) -> None:
    """The promotions of a member are listed to every key."""
    in_any_account(server, Promotions, "promotions_by_id")


@defect("lists_another_accounts_promotions_by_phone", breaks="OIP-ISO-05", family="isolation")
def _(server: ReferenceServer) -> None:
    """The promotions of a phone number are listed to every key."""
    in_any_account(server, Promotions, "promotions_by_mobile_phone")


@defect("redeems_for_another_accounts_member", breaks="OIP-ISO-05", family="isolation")
def _(server: ReferenceServer) -> None:
    """A promotion can be redeemed for a member of another account."""
    in_any_account(server, Redemptions, "redeem")


@defect("lists_what_another_accounts_member_redeemed", breaks="OIP-ISO-05", family="isolation")
def _(server: ReferenceServer) -> None:
    """The redeemed promotions of a member are listed to every key."""
    in_any_account(server, Redemptions, "redeemed")
