"""Defects of validation: what breaks the contract is taken, or what keeps it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.parameters import Parameters
from oip_reference.http.reader import Reader
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request

Lenient = Callable[["Operation", Any], bool]


def _overlook(server: ReferenceServer, what: Lenient) -> None:
    """Takes a body that breaks its schema when `what(operation, value)`."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept(operation, media_type, value)
        except Refused:
            if not what(operation, value):
                raise

    kept = server.replace(Reader, "check", check)


def _data(value: Any) -> dict[str, Any]:
    data = value.get("data") if isinstance(value, dict) else None
    return data if isinstance(data, dict) else {}


def _names_a_phone(value: Any) -> bool:
    return bool(re.fullmatch(r"\+[1-9][0-9]{6,14}", str(_data(value).get("mobilePhone"))))


@defect("takes_a_number_for_a_name", breaks="OIP-NEG-01", family="validation", also=("OIP-CORE-02", "OIP-CORE-05"))
def _(server: ReferenceServer) -> None:
    """A first name that is a number is stored as it comes."""
    _overlook(
        server,
        lambda operation, value: (
            operation.id == "createMember"
            and _names_a_phone(value)
            and isinstance(_data(value).get("firstName"), int | float)
        ),
    )


@defect("takes_text_for_a_consent", breaks="OIP-NEG-01", family="validation", also=("OIP-NEG-05", "OIP-CORE-02"))
def _(server: ReferenceServer) -> None:
    """A consent that is neither true nor false counts as given."""

    def check(operation: Operation, value: Any) -> bool:
        consents = _data(value).get("consents")
        said = isinstance(consents, dict) and any(isinstance(one, str) for one in consents.values())
        return operation.id in ("createMember", "updateMember") and said and isinstance(_data(value).get("id", ""), str)

    _overlook(server, check)


@defect("redeems_without_a_store", breaks="OIP-NEG-01", family="validation", also=("OIP-ERR-07",))
def _(server: ReferenceServer) -> None:
    """A redemption that names no store is taken, for no store."""

    def wanted(operation: Operation, value: Any) -> bool:
        if operation.id != "redeemPromotion" or not isinstance(value, dict) or "storeId" in value:
            return False
        value["storeId"] = "UNKNOWN"
        return operation.is_request_valid("application/json", value)

    _overlook(server, wanted)


@defect("does_not_check_updates", breaks="OIP-NEG-01", family="validation", also=("OIP-*",))
def _(server: ReferenceServer) -> None:
    """The body of updateMember is not checked against its schema when it names a customer."""
    _overlook(
        server,
        lambda operation, value: operation.id == "updateMember" and isinstance(_data(value).get("id"), str),
    )


@defect("takes_interests_of_any_kind", breaks="OIP-NEG-01", family="validation", also=("OIP-NEG-05", "OIP-CORE-05"))
def _(server: ReferenceServer) -> None:
    """Interests of a new customer may be of any type."""
    _overlook(
        server,
        lambda operation, value: (
            operation.id == "createMember" and _names_a_phone(value) and isinstance(_data(value).get("interests"), list)
        ),
    )


@defect("switches_without_naming_the_customer", breaks="OIP-NEG-02", family="validation")
def _(server: ReferenceServer) -> None:
    """disableUse without customerId answers 200."""

    def query(_part: Parameters, operation: Operation, raw: bytes) -> dict[str, Any]:
        if operation.id == "disableUse" and b"customerId" not in raw:
            return {"id": "", "customerId": ""}
        return kept(operation, raw)

    def disable(_part: Promotions, call: Call) -> Answer:
        return Answer(200) if not call.query["customerId"] else keep(call)

    kept = server.replace(Parameters, "query", query)
    keep = server.replace(Promotions, "disable_use", disable)


@defect("finds_somebody_without_a_number", breaks="OIP-NEG-02", family="validation", also=("OIP-C*",))
def _(server: ReferenceServer) -> None:
    """getCustomerByMobilePhone without a number answers the first customer there is."""

    def query(_part: Parameters, operation: Operation, raw: bytes) -> dict[str, Any]:
        if operation.id == "getCustomerByMobilePhone" and b"mobilePhone" not in raw:
            return {"mobilePhone": "+4740000001"}
        return kept(operation, raw)

    kept = server.replace(Parameters, "query", query)


@defect("repairs_a_body_that_is_cut", breaks="OIP-NEG-03", family="validation", also=("OIP-NEG-01",))
def _(server: ReferenceServer) -> None:
    """JSON that ends too early is read as if its brackets had been closed."""

    def json(part: Bodies, body: bytes) -> Parsed:
        for end in (b"", b"}", b"}}"):
            try:
                value = orjson.loads(body.rstrip(b"\x00 ") + end)
            except ValueError:
                continue
            part.check_size(value)
            return Parsed(value, value)
        return kept(body)

    kept = server.replace(Bodies, "json", json)


@defect("takes_a_trailing_comma", breaks="OIP-NEG-03", family="validation")
def _(server: ReferenceServer) -> None:
    """JSON with a comma before a closing bracket is read."""
    kept = server.replace(Bodies, "json", lambda _part, body: kept(re.sub(rb",(\s*[}\]])", rb"\1", body)))


@defect("reads_any_content_type_as_json", breaks="OIP-NEG-04", family="validation")
def _(server: ReferenceServer) -> None:
    """A body is read as JSON whatever its content type says."""

    def parse(part: Bodies, request: Request, accepted: tuple[str, ...]) -> tuple[str, Parsed]:
        if accepted == ("application/json",):
            return accepted[0], part.json(request.body)
        return kept(request, accepted)

    kept = server.replace(Bodies, "parse", parse)


@defect("takes_json_without_a_content_type", breaks="OIP-NEG-04", family="validation")
def _(server: ReferenceServer) -> None:
    """JSON sent as text/plain is taken."""

    def parse(part: Bodies, request: Request, accepted: tuple[str, ...]) -> tuple[str, Parsed]:
        if accepted == ("application/json",) and part.content_type(request)[0] == "text/plain":
            return accepted[0], part.json(request.body)
        return kept(request, accepted)

    kept = server.replace(Bodies, "parse", parse)


@defect("stores_what_it_then_refuses", breaks="OIP-NEG-05", family="state", also=("OIP-CUST-10", "OIP-CUST-13"))
def _(server: ReferenceServer) -> None:
    """A creation with a wrong interest is answered 400, but the customer is there."""

    def check(part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept(operation, media_type, value)
        except Refused:
            data = _data(value)
            if operation.id == "createMember" and _names_a_phone(value) and data.pop("interests", None):
                tenant = next(one for one in server.tenants.values() if one.name == "main")
                customers = server.part(Customers)
                if operation.is_request_valid(media_type, value):
                    member = customers.new_member(tenant, data, part.clock.now())
                    customers.rules.check_identifiers_are_free(member)
                    customers.members.enrol(tenant, member, part.clock.now())
                    server.database.keep()
            raise

    kept = server.replace(Reader, "check", check)


@defect("changes_what_it_then_refuses", breaks="OIP-NEG-05", family="state")
def _(server: ReferenceServer) -> None:
    """An update with a wrong consent is answered 400, but its names and address are stored."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept(operation, media_type, value)
        except Refused:
            if operation.id == "updateMember" and isinstance(_data(value).get("id"), str):
                for tenant in {one.name for one in server.tenants.values()}:
                    _store_names(server, tenant, _data(value))
            raise

    kept = server.replace(Reader, "check", check)


def _store_names(server: ReferenceServer, tenant: str, data: dict[str, Any]) -> None:
    records = server.part(Customers).records
    member = records.by_id(tenant, data["id"])
    given = {name: data[name] for name in ("firstName", "city") if isinstance(data.get(name), str)}
    if member is not None and given:
        records.save(member._replace(profile={**member.profile, **given}))
        server.database.keep()


@defect("counts_a_redemption_that_it_refuses", breaks="OIP-NEG-05", family="state", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """A redemption with extended properties of the wrong kind is answered 400, and counted."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept(operation, media_type, value)
        except Refused:
            if operation.id == "redeemPromotion" and isinstance(value, dict) and value.pop("extendedProperties", None):
                redemptions = server.part(Redemptions)
                member = redemptions.members.by_id("main", str(value.get("customerId")))
                promotion = redemptions.records.definitions("main").get(str(value.get("id")))
                if member is not None and promotion is not None:
                    redemptions.count(member, promotion)
                    server.database.keep()
            raise

    kept = server.replace(Reader, "check", check)


def _refuse(server: ReferenceServer, unwanted: Callable[[Operation, Any], bool]) -> None:
    """Refuses valid bodies when `unwanted(operation, value)`."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        kept(operation, media_type, value)
        if unwanted(operation, value):
            raise Refused(400, "The body is not as it should be.")

    kept = server.replace(Reader, "check", check)


@defect("refuses_foreign_numbers", breaks="OIP-POS-01", family="validation", also=("OIP-POS-02",))
def _(server: ReferenceServer) -> None:
    """Only Norwegian mobile numbers are taken."""
    _refuse(
        server,
        lambda operation, value: (
            operation.conformance_class == "customers"
            and not str(_data(value).get("mobilePhone", "+47")).startswith("+47")
        ),
    )


@defect("refuses_names_with_a_hyphen", breaks="OIP-POS-01", family="validation", also=("OIP-CORE-15", "OIP-CUST-*"))
def _(server: ReferenceServer) -> None:
    """A first name with a hyphen or an apostrophe is refused as "not a name"."""
    _refuse(
        server,
        lambda _operation, value: bool(
            re.search("[-'\N{RIGHT SINGLE QUOTATION MARK}]", str(_data(value).get("firstName", "")))
        ),
    )


@defect("refuses_the_published_creation", breaks="OIP-POS-02", family="validation", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """A creation whose source has extended fields, as the published sample has, is refused."""
    _refuse(
        server,
        lambda operation, value: (
            operation.id == "createMember" and bool((value.get("source") or {}).get("extendedSourceFields"))
        ),
    )


@defect("refuses_the_published_redemption", breaks="OIP-POS-02", family="validation", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """A redemption that names cashier, cash register and extended properties, as the published sample does, is refused."""
    _refuse(
        server,
        lambda operation, value: (
            operation.id == "redeemPromotion" and {"cashierId", "cashRegisterId", "extendedProperties"} <= set(value)
        ),
    )


@defect("refuses_unknown_properties", breaks="OIP-CORE-17", family="validation", also=("OIP-POS-*", "OIP-C*"))
def _(server: ReferenceServer) -> None:
    """A creation with a property that is not published is refused."""
    known = {"id", "mobilePhone", "externalId", "email", "firstName", "lastName", "address", "zip", "city", "country"}
    known |= {"birthDate", "gender", "favoriteStores", "favouriteStores", "interests", "consents", "extendedProperties"}
    _refuse(server, lambda operation, value: operation.id == "createMember" and bool(set(_data(value)) - known))


@defect("refuses_nested_extended_properties", breaks="OIP-CORE-17", family="validation", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """Extended properties that are not texts are refused."""
    _refuse(
        server,
        lambda operation, value: (
            operation.id == "createMember"
            and any(isinstance(one, list | dict) for one in (_data(value).get("extendedProperties") or {}).values())
        ),
    )


@defect("takes_a_number_without_its_plus", breaks="OIP-NEG-01", family="boundary", also=("OIP-CUST-13",))
def _(server: ReferenceServer) -> None:
    """A mobile phone of a creation may come without the plus before its country code."""
    _overlook(server, lambda operation, value: operation.id == "createMember" and _is_phone(value, r"[1-9][0-9]{6,14}"))


@defect("takes_a_number_of_sixteen_digits", breaks="OIP-NEG-01", family="boundary", also=("OIP-CUST-13",))
def _(server: ReferenceServer) -> None:
    """A mobile phone of a creation may have one digit more than there are."""
    _overlook(server, lambda operation, value: operation.id == "createMember" and _is_phone(value, r"\+[1-9][0-9]{15}"))


@defect("recruits_a_number_of_nine_digits", breaks="OIP-NEG-01", family="boundary", also=("OIP-REC-03",))
def _(server: ReferenceServer) -> None:
    """A recruitment takes a national number with a digit too many."""

    def is_long(operation: Operation, value: Any) -> bool:
        number = value.get("mobilePhone") if isinstance(value, dict) else None
        return operation.id == "vippsRecruit" and bool(re.fullmatch("[0-9]{9}", str(number)))

    _overlook(server, is_long)


def _is_phone(value: Any, form: str) -> bool:
    return bool(re.fullmatch(form, str(_data(value).get("mobilePhone"))))
