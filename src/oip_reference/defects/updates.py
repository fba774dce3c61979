"""Defects of updating customers: what is lost, kept, doubled, or done to somebody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.customer_rules import CustomerRules
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.members import Members
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_reference.http.request import Call
    from oip_reference.tenancy.tenant import Tenant

After = Callable[[Member, Member, dict[str, Any]], Member]


def _after_an_update(server: ReferenceServer, after: After) -> None:
    """Stores `after(before, updated, data)` instead of the updated customer."""

    def updated(_part: Customers, tenant: Tenant, member: Member, data: dict[str, Any], now: Any) -> Member:
        return after(member, kept(tenant, member, data, now), data)

    kept = server.replace(Customers, "updated_member", updated)


def _with(member: Member, **fields: Any) -> Member:
    return member._replace(profile={**member.profile, **fields})


@defect("an_update_answers_the_old_customer", breaks="OIP-CUST-14", family="stale", also=("OIP-CORE-15", "OIP-CUST-23"))
def _(server: ReferenceServer) -> None:
    """An update answers the customer as it was before."""

    def update(part: Customers, call: Call, member: Member | None) -> Answer:
        before = None if member is None else part.documents.envelope(member, call.now)
        answer: Answer = kept(call, member)
        return answer if before is None else Answer(answer.status, before)

    kept = server.replace(Customers, "_update", update)


def _remembered(server: ReferenceServer, method: str) -> None:
    """Answers from what was once read, until the identifier changes."""
    cache: dict[tuple[str, str], Member] = {}

    def find(_part: Members, tenant: str, name: str) -> Member | None:
        if (tenant, name) not in cache:
            found = kept(tenant, name)
            if found is None:
                return None
            cache[tenant, name] = found
        return cache[tenant, name]

    kept = server.replace(Members, method, find)


@defect("remembers_customers_by_phone", breaks="OIP-CUST-15", family="stale", also=("OIP-CUST-24", "OIP-PROMO-*"))
def _(server: ReferenceServer) -> None:
    """A customer found by phone is answered from a cache that no update empties."""
    _remembered(server, "by_mobile_phone")


@defect("remembers_customers_by_external_id", breaks="OIP-CUST-15", family="stale", also=("OIP-C*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """A customer found by external id is answered from a cache that no update empties."""
    _remembered(server, "by_external_id")


@defect("an_update_loses_the_country", breaks="OIP-CUST-15", family="lost", also=("OIP-CUST-14", "OIP-CUST-23"))
def _(server: ReferenceServer) -> None:
    """A new country in an update is not stored."""
    _after_an_update(server, lambda before, after, _data: _with(after, country=before.profile.get("country")))


@defect("an_update_clears_what_was_not_sent", breaks="OIP-CUST-16", family="lost", also=("OIP-C*", "OIP-PROMO-*"))
def _(server: ReferenceServer) -> None:
    """An update without an email clears the email."""
    _after_an_update(server, lambda _before, after, data: after if "email" in data else _with(after, email=None))


@defect("an_update_by_external_id_clears_interests", breaks="OIP-CUST-16", family="lost", also=("OIP-CUST-21",))
def _(server: ReferenceServer) -> None:
    """updateCustomerByExternalId without interests clears them."""

    def after(_before: Member, updated: Member, data: dict[str, Any]) -> Member:
        return updated if "id" in data or "interests" in data else _with(updated, interests=[])

    _after_an_update(server, after)


@defect("an_update_adds_to_the_interests", breaks="OIP-CUST-17", family="duplicated", also=("OIP-CUST-*",))
def _(server: ReferenceServer) -> None:
    """Interests of an update are added to those that are there."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if "interests" not in data:
            return updated
        return _with(updated, interests=[*before.profile.get("interests", []), *data["interests"]])

    _after_an_update(server, after)


@defect("an_update_joins_the_favourite_stores", breaks="OIP-CUST-17", family="state", also=("OIP-CUST-20",))
def _(server: ReferenceServer) -> None:
    """Favourite stores of an update join those that are there."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if "favouriteStores" not in data:
            return updated
        joined = dict.fromkeys([*before.profile.get("favoriteStores", []), *data["favouriteStores"]])
        return _with(updated, favoriteStores=list(joined))

    _after_an_update(server, after)


@defect("an_update_replaces_the_extended_properties", breaks="OIP-CUST-18", family="lost")
def _(server: ReferenceServer) -> None:
    """extendedProperties of an update replace all that are there."""

    def after(_before: Member, updated: Member, data: dict[str, Any]) -> Member:
        return (
            updated
            if "extendedProperties" not in data
            else _with(updated, extendedProperties=data["extendedProperties"])
        )

    _after_an_update(server, after)


@defect("null_is_ignored", breaks="OIP-CUST-19", family="validation")
def _(server: ReferenceServer) -> None:
    """null in an update leaves the field as it was."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        kept = {name: before.profile[name] for name, value in data.items() if value is None and name in before.profile}
        return _with(updated, **kept)

    _after_an_update(server, after)


@defect("null_becomes_the_word_null", breaks="OIP-CUST-19", family="types")
def _(server: ReferenceServer) -> None:
    """null for an address is stored as the text "null"."""

    def after(_before: Member, updated: Member, data: dict[str, Any]) -> Member:
        return _with(updated, address="null") if data.get("address", "") is None else updated

    _after_an_update(server, after)


@defect("an_update_does_not_know_favourite_stores", breaks="OIP-CUST-20", family="lost", also=("OIP-CUST-17",))
def _(server: ReferenceServer) -> None:
    """The spelling `favouriteStores` of updates is ignored."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if "favouriteStores" not in data:
            return updated
        return _with(updated, favoriteStores=before.profile.get("favoriteStores", []))

    _after_an_update(server, after)


@defect("favourite_stores_by_external_id_are_lost", breaks="OIP-CUST-20", family="lost")
def _(server: ReferenceServer) -> None:
    """`favouriteStores` are ignored by updateCustomerByExternalId only."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if "favouriteStores" not in data or "id" in data:
            return updated
        return _with(updated, favoriteStores=before.profile.get("favoriteStores", []))

    _after_an_update(server, after)


@defect("changes_the_city_before_the_conflict", breaks="OIP-CUST-21", family="partial")
def _(server: ReferenceServer) -> None:
    """An update to a number that is taken is answered 409, but the city is stored."""

    def check(part: CustomerRules, member: Member) -> None:
        try:
            kept(member)
        except Refused:
            stored = part.records.by_id(member.tenant, member.id)
            if stored is not None:
                part.records.save(_with(stored, city=member.profile.get("city")))
                server.database.keep()
            raise

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


@defect("an_update_takes_a_number_from_another", breaks="OIP-CUST-21", family="duplicated", also=("OIP-ERR-08",))
def _(server: ReferenceServer) -> None:
    """An update can take the number of another customer, who then has it too."""
    server.database.define("DROP INDEX member_phone;")

    def check(part: CustomerRules, member: Member) -> None:
        if part.records.by_id(member.tenant, member.id) is None:
            kept(member)

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


@defect(
    "an_update_creates_whoever_is_missing", breaks="OIP-CUST-22", family="state", also=("OIP-ISO-02", "OIP-CORE-02")
)
def _(server: ReferenceServer) -> None:
    """An update of a customer that nobody is creates one."""

    def update(part: Customers, call: Call, member: Member | None) -> Answer:
        data = call.body["data"]
        if member is not None or not isinstance(data.get("mobilePhone"), str):
            return kept(call, member)
        made = part.new_member(call.tenant, data, call.now)
        part.rules.check_identifiers_are_free(made)
        part.members.enrol(call.tenant, made, call.now)
        return Answer(200, part.documents.envelope(made, call.now))

    kept = server.replace(Customers, "_update", update)


@defect("an_update_of_nobody_answers_404", breaks="OIP-CUST-22", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """An update of a customer that nobody is answers 404, which is not published for it."""

    def update(_part: Customers, call: Call, member: Member | None) -> Answer:
        if member is None:
            raise Refused(404, "There is no such customer.")
        return kept(call, member)

    kept = server.replace(Customers, "_update", update)


@defect(
    "an_update_by_external_id_stores_nothing", breaks="OIP-CUST-23", family="lost", also=("OIP-CUST-16", "OIP-CUST-20")
)
def _(server: ReferenceServer) -> None:
    """updateCustomerByExternalId answers the changed customer, but stores nothing."""

    def update(part: Customers, call: Call) -> Answer:
        member = part.members.by_external_id(call.tenant.name, call.body["data"]["externalId"])
        answer: Answer = kept(call)
        if member is not None:
            part.records.save(member)
        return answer

    kept = server.replace(Customers, "update_by_external_id", update)


@defect("the_old_number_still_finds_the_customer", breaks="OIP-CUST-24", family="stale")
def _(server: ReferenceServer) -> None:
    """After a change of number the old one still finds the customer."""
    old: dict[tuple[str, str], str] = {}

    def save(part: MemberRecords, member: Member) -> None:
        before = part.by_id(member.tenant, member.id)
        if before is not None and before.mobile_phone != member.mobile_phone:
            old[member.tenant, before.mobile_phone] = member.id
        kept(member)

    def find(part: MemberRecords, tenant: str, number: str) -> Member | None:
        found: Member | None = keep(tenant, number)
        return found or part.by_id(tenant, old.get((tenant, number), ""))

    kept = server.replace(MemberRecords, "save", save)
    keep = server.replace(MemberRecords, "by_mobile_phone", find)


@defect("a_new_number_is_not_stored", breaks="OIP-CUST-24", family="lost", also=("OIP-CUST-45",))
def _(server: ReferenceServer) -> None:
    """The number of an update is answered, but not stored."""

    def save(part: MemberRecords, member: Member) -> None:
        before = part.by_id(member.tenant, member.id)
        kept(member if before is None else member._replace(mobile_phone=before.mobile_phone))

    kept = server.replace(MemberRecords, "save", save)


@defect(
    "an_update_changes_the_customer_before_too", breaks="OIP-CUST-25", family="state", also=("OIP-CUST-*", "OIP-NEG-*")
)
def _(server: ReferenceServer) -> None:
    """An update writes the city into the customer that was created before as well."""

    def save(part: MemberRecords, member: Member) -> None:
        kept(member)
        row = part.database.row(
            "SELECT id FROM member WHERE tenant=? AND created<? ORDER BY created DESC", member.tenant, member.created
        )
        neighbour = None if row is None else part.by_id(member.tenant, row[0])
        if neighbour is not None:
            kept(_with(neighbour, city=member.profile.get("city")))

    kept = server.replace(MemberRecords, "save", save)


@defect(
    "a_repeated_update_is_a_conflict", breaks="OIP-CUST-26", family="idempotency", also=("OIP-PROMO-*", "OIP-CUST-4*")
)
def _(server: ReferenceServer) -> None:
    """An update that changes nothing is answered 409."""

    def update(part: Customers, call: Call, member: Member | None) -> Answer:
        if member is not None and len(call.body["data"]) > 3:
            same = part.updated_member(call.tenant, member, call.body["data"], call.now)
            if same.profile == member.profile and same.mobile_phone == member.mobile_phone:
                raise Refused(409, "Nothing changed.")
        return kept(call, member)

    kept = server.replace(Customers, "_update", update)


@defect("a_repeated_update_adds_again", breaks="OIP-CUST-26", family="idempotency")
def _(server: ReferenceServer) -> None:
    """A second update with the same interests doubles them."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if data.get("interests") and before.profile.get("interests") == data["interests"]:
            return _with(updated, interests=[*data["interests"], *data["interests"]])
        return updated

    _after_an_update(server, after)


@defect("an_update_does_not_move_the_time", breaks="OIP-CUST-27", family="stale", also=("OIP-CUST-37",))
def _(server: ReferenceServer) -> None:
    """UpdatedAt stays when a customer is updated."""
    _after_an_update(server, lambda before, after, _data: after._replace(updated=before.updated))


@defect("an_update_moves_the_time_of_creation", breaks="OIP-CUST-27", family="state")
def _(server: ReferenceServer) -> None:
    """CreatedAt moves with every update."""
    kept = server.replace(
        CustomerDocuments,
        "meta_data",
        lambda _part, member: {**kept(member), "CreatedAt": kept(member)["UpdatedAt"]},
    )


@defect("forgets_every_ninth_update", breaks="OIP-CUST-45", family="rare", also=("OIP-C*", "OIP-PROMO-*", "OIP-NEG-*"))
def _(server: ReferenceServer) -> None:
    """Of every nine updates one is answered as done, but not stored."""
    turn = count(1)

    def save(_part: MemberRecords, member: Member) -> None:
        if next(turn) % 9:
            kept(member)

    kept = server.replace(MemberRecords, "save", save)


@defect(
    "forgets_the_third_update_of_a_customer",
    breaks="OIP-CUST-45",
    family="rare",
    also=("OIP-CONS-*", "OIP-CUST-44", "OIP-CORE-22"),
)
def _(server: ReferenceServer) -> None:
    """The third update of one customer is answered as done, but not stored."""
    updates: Counter[str] = Counter()

    def save(_part: MemberRecords, member: Member) -> None:
        updates[member.id] += 1
        if updates[member.id] != 3:
            kept(member)

    kept = server.replace(MemberRecords, "save", save)


@defect("an_update_takes_favourite_stores_in_one_spelling", breaks="OIP-CUST-15", family="lost")
def _(server: ReferenceServer) -> None:
    """An update with `favoriteStores`, as creations spell it, leaves the list as it was."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        if "favoriteStores" not in data:
            return updated
        return _with(updated, favoriteStores=before.profile.get("favoriteStores", []))

    _after_an_update(server, after)


@defect("an_update_leaves_the_external_id", breaks="OIP-CUST-15", family="lost", also=("OIP-CUST-21",))
def _(server: ReferenceServer) -> None:
    """The external id of an update by id is not stored."""
    _after_an_update(server, lambda before, updated, _data: updated._replace(external_id=before.external_id))


@defect("an_empty_list_changes_nothing", breaks="OIP-CUST-17", family="boundary")
def _(server: ReferenceServer) -> None:
    """An update with an empty list of interests leaves them as they were."""

    def after(before: Member, updated: Member, data: dict[str, Any]) -> Member:
        return _with(updated, interests=before.profile.get("interests", [])) if data.get("interests") == [] else updated

    _after_an_update(server, after)
