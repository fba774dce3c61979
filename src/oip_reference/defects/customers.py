"""Defects of creating and finding customers."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.customer_rules import CustomerRules
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.reader import Reader
from oip_reference.members import Members
from oip_reference.rewriting import records_in, rewrite
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import MemberRecords

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.tenancy.tenant import Tenant


@defect("creation_answers_without_metadata", breaks="OIP-CUST-01", family="partial", also=("OIP-CUST-28",))
def _(server: ReferenceServer) -> None:
    """The answer to a creation lacks `metaData`."""
    rewrite(server, "createMember", body=lambda value, _call: {"data": value["data"]})


@defect("gives_an_id_twice", breaks="OIP-CUST-02", family="duplicated", also=("*",))
def _(server: ReferenceServer) -> None:
    """Every fourth customer is given the id of the one before, whose place it takes."""
    given = ["none"]
    turn = count(1)

    def new_id(_part: Members) -> str:
        if next(turn) % 4 or given[0] == "none":
            given[0] = kept()
        return given[0]

    def add(part: MemberRecords, member: Member) -> None:
        part.database.write("DELETE FROM member WHERE tenant=? AND id=?", member.tenant, member.id)
        keep(member)

    kept = server.replace(Members, "new_id", new_id)
    keep = server.replace(MemberRecords, "add", add)


def _at_creation(server: ReferenceServer, change: Any) -> None:
    """Changes the profile of a new customer with `change(profile, data)` before it is stored."""

    def new(_part: Customers, tenant: Tenant, data: dict[str, Any], now: Any) -> Member:
        member: Member = kept(tenant, data, now)
        profile = dict(member.profile)
        change(profile, data)
        return member._replace(profile=profile)

    kept = server.replace(Customers, "new_member", new)


@defect("loses_the_gender_of_a_new_customer", breaks="OIP-CUST-03", family="lost", also=("OIP-CORE-15",))
def _(server: ReferenceServer) -> None:
    """The gender sent with a creation is not stored."""
    _at_creation(server, lambda profile, _data: profile.pop("gender", None))


@defect("swaps_address_and_city", breaks="OIP-CUST-03", family="lost", also=("OIP-C*", "OIP-NEG-05"))
def _(server: ReferenceServer) -> None:
    """Address and city of a new customer change places."""

    def change(profile: dict[str, Any], data: dict[str, Any]) -> None:
        profile |= {to: data[of] for to, of in (("address", "city"), ("city", "address")) if of in data}

    _at_creation(server, change)


@defect("cuts_long_texts_off", breaks="OIP-CUST-03", family="rare")
def _(server: ReferenceServer) -> None:
    """Of an address of a new customer the first hundred characters are stored."""

    def change(profile: dict[str, Any], _data: dict[str, Any]) -> None:
        if len(profile.get("address", "")) > 100:
            profile["address"] = profile["address"][:100]

    _at_creation(server, change)


@defect("keeps_ten_entries_of_a_list", breaks="OIP-CUST-03", family="limits")
def _(server: ReferenceServer) -> None:
    """Of the favourite stores of a new customer the first ten are stored."""

    def change(profile: dict[str, Any], _data: dict[str, Any]) -> None:
        if "favoriteStores" in profile:
            profile["favoriteStores"] = profile["favoriteStores"][:10]

    _at_creation(server, change)


@defect("keeps_numbers_as_texts", breaks="OIP-CUST-03", family="types")
def _(server: ReferenceServer) -> None:
    """Numbers in the extendedProperties of a new customer are stored as texts."""

    def change(profile: dict[str, Any], _data: dict[str, Any]) -> None:
        for name, value in profile.get("extendedProperties", {}).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                profile["extendedProperties"][name] = str(value)

    _at_creation(server, change)


@defect("keeps_one_interest", breaks="OIP-CUST-03", family="partial")
def _(server: ReferenceServer) -> None:
    """Of several interests of a new customer only the first is stored."""
    _at_creation(server, lambda profile, _data: profile.update(interests=profile.get("interests", [])[:1]))


@defect("answers_what_it_does_not_store", breaks="OIP-CUST-03", family="lost", also=("OIP-CUST-36",))
def _(server: ReferenceServer) -> None:
    """A creation answers with the birth date, but the record has none."""

    def add(_part: MemberRecords, member: Member) -> None:
        kept(member._replace(profile={name: value for name, value in member.profile.items() if name != "birthDate"}))

    kept = server.replace(MemberRecords, "add", add)


@defect(
    "writes_the_country_in_lower_case", breaks="OIP-CUST-03", family="encoding", also=("OIP-CUST-33", "OIP-CORE-15")
)
def _(server: ReferenceServer) -> None:
    """The country of a new customer is stored in lower case."""
    _at_creation(server, lambda profile, data: profile.update(country=str(data.get("country", "no")).lower()))


@defect("finds_new_customers_by_id_a_moment_later", breaks="OIP-CUST-04", family="stale", also=("*",))
def _(server: ReferenceServer) -> None:
    """A customer is found by id only from the second question on."""
    asked: set[str] = set()

    def find(_part: Customers, call: Call) -> Answer:
        if call.path["id"] not in asked:
            asked.add(call.path["id"])
            raise call.not_found("There is no such customer.")
        return kept(call)

    kept = server.replace(Customers, "by_id", find)


@defect("reads_an_encoded_plus_as_a_space", breaks="OIP-CUST-05", family="encoding", also=("*",))
def _(server: ReferenceServer) -> None:
    """getCustomerByMobilePhone decodes its query twice, so that %2B becomes a space."""

    def find(_part: Customers, call: Call) -> Answer:
        call.query = {**call.query, "mobilePhone": call.query["mobilePhone"].replace("+", " ")}
        return kept(call)

    kept = server.replace(Customers, "by_mobile_phone", find)


@defect("finds_the_oldest_by_external_id", breaks="OIP-CUST-06", family="lost", also=("*",))
def _(server: ReferenceServer) -> None:
    """An external id finds the first customer whose external id begins with the same five letters."""

    def read(part: Customers, call: Call) -> Answer:
        name = call.path["externalId"]
        row = part.records.database.row(
            "SELECT external_id FROM member WHERE tenant=?1 AND external_id LIKE ?2"
            " AND EXISTS (SELECT 1 FROM member WHERE tenant=?1 AND external_id=?3) ORDER BY created, id",
            call.tenant.name,
            f"{name[:5]}%",
            name,
        )
        found = name if row is None else row[0]
        return kept(replace(call, path={**call.path, "externalId": found}))

    kept = server.replace(Customers, "by_external_id", read)


def _without(server: ReferenceServer, operation: str, name: str) -> None:
    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            record.pop(name, None)

    rewrite(server, operation, body=body)


@defect(
    "shows_less_by_phone", breaks="OIP-CUST-07", family="partial", also=("OIP-CUST-15", "OIP-CONS-*", "OIP-CUST-11")
)
def _(server: ReferenceServer) -> None:
    """A customer found by phone is shown without consents."""
    _without(server, "getCustomerByMobilePhone", "consents")


@defect("shows_less_by_external_id", breaks="OIP-CUST-07", family="partial", also=("OIP-CUST-15",))
def _(server: ReferenceServer) -> None:
    """A customer found by external id is shown without email."""
    _without(server, "getCustomerByExternalId", "email")


@defect(
    "wants_a_last_name",
    breaks="OIP-CUST-09",
    family="validation",
    also=("OIP-POS-01", "OIP-NEG-*", "OIP-C*", "OIP-POS-02"),
)
def _(server: ReferenceServer) -> None:
    """A customer without a last name is refused although only the phone is required."""

    def check(_part: CustomerRules, tenant: Tenant, data: dict[str, Any]) -> None:
        kept(tenant, data)
        if not data.get("lastName"):
            raise Refused(400, [{"field": "/data/lastName", "message": "is required"}])

    kept = server.replace(CustomerRules, "check_fields", check)


@defect(
    "creates_customers_without_a_phone",
    breaks="OIP-CUST-10",
    family="validation",
    also=("OIP-NEG-01", "OIP-CORE-12", "OIP-CORE-02"),
)
def _(server: ReferenceServer) -> None:
    """A customer with an external id needs no mobile phone."""
    turn = count(1)

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        data = value.get("data") if isinstance(value, dict) else None
        anonymous = isinstance(data, dict) and data.get("externalId") and not data.get("mobilePhone")
        if anonymous and operation.id == "createMember":
            value["data"]["mobilePhone"] = f"+479900{next(turn):04}"
        kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


def _number_is_free(server: ReferenceServer, name: str) -> None:
    server.database.define("DROP INDEX member_phone; DROP INDEX member_external;")
    server.replace(CustomerRules, name, lambda *_: None)


@defect("registers_a_number_twice", breaks="OIP-CUST-11", family="duplicated", also=("OIP-CUST-*", "OIP-ERR-08"))
def _(server: ReferenceServer) -> None:
    """A mobile phone that is taken can be registered again."""
    _number_is_free(server, "holder_of_phone")


@defect("registers_an_external_id_twice", breaks="OIP-CUST-12", family="duplicated", also=("OIP-CUST-21",))
def _(server: ReferenceServer) -> None:
    """An external id that is taken can be registered again."""
    _number_is_free(server, "holder_of_external_id")


@defect("overwrites_whoever_has_the_number", breaks="OIP-CUST-11", family="lost", also=("OIP-CUST-43", "OIP-ERR-08"))
def _(server: ReferenceServer) -> None:
    """A registration with a number that is taken is answered 409, but the holder gets the new name."""

    def check(part: CustomerRules, member: Member) -> None:
        try:
            kept(member)
        except Refused:
            holder = part.holder_of_phone(member)
            if holder is not None and holder.id != member.id:
                part.records.save(holder._replace(profile={**holder.profile, "lastName": "Overwritten"}))
                server.database.keep()
            raise

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


def _take_numbers(server: ReferenceServer, unusual: Any) -> None:
    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        data = value.get("data") if isinstance(value, dict) else None
        if operation.conformance_class == "customers" and isinstance(data, dict) and unusual(data.get("mobilePhone")):
            kept(operation, media_type, {**value, "data": {**data, "mobilePhone": "+4799999999"}})
        else:
            kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


@defect("takes_letters_for_a_number", breaks="OIP-CUST-13", family="validation", also=("OIP-NEG-01", "OIP-ERR-07"))
def _(server: ReferenceServer) -> None:
    """A mobile phone of letters is stored."""
    _take_numbers(server, lambda phone: isinstance(phone, str) and any(letter.isalpha() for letter in phone))


@defect("takes_a_number_of_one_digit", breaks="OIP-CUST-13", family="boundary", also=("OIP-NEG-01",))
def _(server: ReferenceServer) -> None:
    """A mobile phone that is far too short is stored."""
    _take_numbers(server, lambda phone: isinstance(phone, str) and phone.startswith("+") and len(phone) < 6)


@defect("takes_a_number_of_twenty_digits", breaks="OIP-CUST-13", family="boundary", also=("OIP-NEG-01",))
def _(server: ReferenceServer) -> None:
    """A mobile phone that is far too long is stored."""
    _take_numbers(server, lambda phone: isinstance(phone, str) and len(phone) > 17 and phone[1:].isdigit())


@defect("finds_by_the_beginning_of_a_number", breaks="OIP-CUST-41", family="boundary", also=("OIP-ERR-08",))
def _(server: ReferenceServer) -> None:
    """A mobile phone without its last digit finds a customer whose number begins so."""

    def find(part: MemberRecords, tenant: str, number: str) -> Member | None:
        found = kept(tenant, number)
        if found is not None or len(number) < 10 or not number[1:].isdigit():
            return found
        row = part.database.row("SELECT id FROM member WHERE tenant=? AND mobile_phone LIKE ?", tenant, f"{number}_")
        return None if row is None else part.by_id(tenant, row[0])

    kept = server.replace(MemberRecords, "by_mobile_phone", find)


@defect("ignores_what_follows_an_id", breaks="OIP-CUST-41", family="boundary", also=("OIP-ERR-08",))
def _(server: ReferenceServer) -> None:
    """An id with one character more finds the customer."""
    kept = server.replace(MemberRecords, "by_id", lambda _part, tenant, name: kept(tenant, name[:36]))


@defect("decodes_an_external_id_twice", breaks="OIP-CUST-42", family="encoding")
def _(server: ReferenceServer) -> None:
    """A percent sign in an external id is decoded a second time."""
    _external_id(server, lambda name: name.replace("%25", "%"))


@defect("reads_a_plus_in_a_path_as_a_space", breaks="OIP-CUST-42", family="encoding")
def _(server: ReferenceServer) -> None:
    """A plus in an external id is read as a space, as in a form."""
    _external_id(server, lambda name: name.replace("+", " "))


@defect("cuts_an_external_id_at_a_semicolon", breaks="OIP-CUST-42", family="encoding")
def _(server: ReferenceServer) -> None:
    """What follows a semicolon in an external id is taken for a parameter of the path."""
    _external_id(server, lambda name: name.partition(";")[0])


@defect("knows_external_ids_in_ascii_only", breaks="OIP-CUST-42", family="encoding")
def _(server: ReferenceServer) -> None:
    """Letters beyond ASCII in an external id of a path are dropped."""
    _external_id(server, lambda name: name.encode("ascii", "ignore").decode())


def _external_id(server: ReferenceServer, read: Any) -> None:
    def find(_part: Customers, call: Call) -> Answer:
        call.path = {**call.path, "externalId": read(call.path["externalId"]) or "-"}
        return kept(call)

    kept = server.replace(Customers, "by_external_id", find)


def _from_the_client(server: ReferenceServer, name: str) -> None:
    """Keeps a field that no client may set, as it was sent."""
    sent: dict[str, Any] = {}

    def envelope(_part: CustomerDocuments, member: Member, now: Any) -> dict[str, Any]:
        document: dict[str, Any] = kept(member, now)
        if member.id in sent:
            document["data"] = {**document["data"], name: sent[member.id]}
        return document

    kept = server.replace(CustomerDocuments, "envelope", envelope)

    def create(_part: Customers, call: Call) -> Answer:
        answer: Answer = keep(call)
        if name in call.body["data"]:
            sent[answer.body["data"]["id"]] = call.body["data"][name]
        return answer

    keep = server.replace(Customers, "create", create)


@defect("takes_points_from_a_client", breaks="OIP-CUST-29", family="state")
def _(server: ReferenceServer) -> None:
    """A client can give a new customer points."""
    _from_the_client(server, "loyalty")


@defect("takes_promotions_from_a_client", breaks="OIP-CUST-30", family="state", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """A client can give a new customer promotions of its own making."""
    _from_the_client(server, "promotions")


@defect("takes_the_id_from_a_client", breaks="OIP-CUST-31", family="state", also=("OIP-CORE-02",))
def _(server: ReferenceServer) -> None:
    """A client can choose the id of a new customer."""
    wanted: dict[str, Any] = {}

    def new(_part: Customers, tenant: Tenant, data: dict[str, Any], now: Any) -> Member:
        wanted["id"] = data.get("id")
        member: Member = kept(tenant, data, now)
        free = isinstance(data.get("id"), str) and server.part(MemberRecords).by_id(tenant.name, data["id"]) is None
        return member._replace(id=data["id"]) if free else member

    kept = server.replace(Customers, "new_member", new)


@defect("takes_the_times_from_a_client", breaks="OIP-CUST-32", family="state", also=("OIP-CUST-28",))
def _(server: ReferenceServer) -> None:
    """`metaData` of a creation becomes that of the customer."""
    times: dict[str, Any] = {}

    def create(_part: Customers, call: Call) -> Answer:
        answer: Answer = kept(call)
        if isinstance(call.body.get("metaData"), dict):
            times[answer.body["data"]["id"]] = call.body["metaData"]
        return answer

    def meta_data(_part: CustomerDocuments, member: Member) -> dict[str, Any]:
        return {**keep(member), **times.get(member.id, {})}

    kept = server.replace(Customers, "create", create)
    keep = server.replace(CustomerDocuments, "meta_data", meta_data)
