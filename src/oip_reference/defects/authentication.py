"""Defects of authentication: keys that are not asked for, not compared, or looked for in the wrong place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Envelope, Refused
from oip_reference.http.gate import Gate
from oip_reference.http.protocol import SPELLINGS
from oip_reference.members import Members
from oip_reference.rewriting import redo_refusals
from oip_reference.server import Exchange, Message, Receive, ReferenceServer, Send

if TYPE_CHECKING:
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant


def _main(server: ReferenceServer) -> Tenant:
    return next(tenant for tenant in server.tenants.values() if tenant.name == "main")


def _let_in(server: ReferenceServer, whom: Any) -> None:
    """Lets a request that was refused in when `whom(request)`."""

    def authenticated(_part: Gate, request: Request) -> Tenant:
        try:
            return kept(request)
        except Refused:
            if whom(request):
                return _main(server)
            raise

    kept = server.replace(Gate, "authenticated", authenticated)


@defect("stores_need_no_key", breaks="OIP-AUTH-01", family="authentication", also=("OIP-AUTH-0*",))
def _(server: ReferenceServer) -> None:
    """getStores is answered without a key."""
    _let_in(server, lambda request: request.path == "/v4/stores")


@defect("triggers_need_no_key", breaks="OIP-AUTH-01", family="authentication", also=("OIP-AUTH-02",))
def _(server: ReferenceServer) -> None:
    """Automations can be triggered without a key."""
    _let_in(server, lambda request: request.path.startswith("/v4/triggers/"))


@defect("any_key_will_do", breaks="OIP-AUTH-02", family="authentication", also=("OIP-AUTH-0*",))
def _(server: ReferenceServer) -> None:
    """A key that nobody was given opens the account."""
    _let_in(server, lambda request: bool(request.header(b"x-api-key")))


@defect("an_empty_key_will_do", breaks="OIP-AUTH-02", family="authentication")
def _(server: ReferenceServer) -> None:
    """An empty x-api-key opens the account."""
    _let_in(server, lambda request: request.header(b"x-api-key") == "")


@defect("takes_the_key_from_the_query", breaks="OIP-AUTH-03", family="authentication")
def _(server: ReferenceServer) -> None:
    """The key is accepted as the query parameter api_key."""
    _let_in(server, lambda request: parse_qs(request.query.decode("latin-1")).get("api_key", [""])[0] in server.tenants)


@defect("takes_the_key_as_a_bearer_token", breaks="OIP-AUTH-03", family="authentication")
def _(server: ReferenceServer) -> None:
    """The key is accepted as a bearer token."""
    _let_in(
        server,
        lambda request: (request.header(b"authorization") or "").removeprefix("Bearer ") in server.tenants,
    )


@defect("takes_the_key_from_a_cookie", breaks="OIP-AUTH-03", family="authentication")
def _(server: ReferenceServer) -> None:
    """The key is accepted as a cookie."""
    _let_in(server, lambda request: any(key in (request.header(b"cookie") or "") for key in server.tenants))


@defect("takes_the_key_under_another_name", breaks="OIP-AUTH-03", family="authentication")
def _(server: ReferenceServer) -> None:
    """The key is accepted in the header api-key."""
    _let_in(server, lambda request: request.header(b"api-key") in server.tenants)


@defect("takes_the_key_from_the_body", breaks="OIP-AUTH-03", family="authentication")
def _(server: ReferenceServer) -> None:
    """The key is accepted as a member of the body."""
    _let_in(server, lambda request: any(key.encode() in request.body for key in server.tenants))


@defect("knows_the_key_header_in_lower_case_only", breaks="OIP-AUTH-04", family="authentication")
def _(server: ReferenceServer) -> None:
    """X-Api-Key is not taken for x-api-key."""

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            if b"x-api-key" in scope.get(SPELLINGS, {}):
                scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"x-api-key"]}
            await inner(scope, receive, send)

        return exchange

    server.wrap(wrapper)


@defect(
    "acts_before_it_refuses_the_key", breaks="OIP-AUTH-05", family="authentication", also=("OIP-CORE-02", "OIP-AUTH-03")
)
def _(server: ReferenceServer) -> None:
    """A creation with a wrong key is answered 401, but the customer is there."""
    refused: set[int] = set()

    def strange(request: Request) -> bool:
        if request.method == "POST" and request.path == "/v4/customers":
            refused.add(id(request))
            return True
        return False

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        if id(request) not in refused:
            return given
        refused.discard(id(request))
        return server.part(Envelope).answer(Refused(401, "The key in x-api-key is not known."))

    _let_in(server, strange)
    server.shape(shaper)


@defect("tells_strangers_who_is_a_member", breaks="OIP-AUTH-06", family="authentication")
def _(server: ReferenceServer) -> None:
    """The 401 for a customer who exists has another detail than the one for nobody."""

    def answer(request: Request, given: Answer) -> Answer:
        name = request.path.rpartition("/")[2]
        known = server.part(Members).by_id("main", name) is not None
        detail = "No access to this customer." if known else "There is no such customer."
        return replace(given, body={**given.body, "detailedErrorMessage": detail})

    redo_refusals(server, 401, answer=answer)


@defect(
    "answers_strangers_404_for_nobody",
    breaks="OIP-AUTH-06",
    family="authentication",
    also=("OIP-AUTH-01", "OIP-AUTH-02"),
)
def _(server: ReferenceServer) -> None:
    """Without a good key, getCustomerByMobilePhone answers 404 for a number that nobody has and 401 for a member's."""

    def authenticated(_part: Gate, request: Request) -> Tenant:
        try:
            return kept(request)
        except Refused:
            number = parse_qs(request.query.decode("latin-1")).get("mobilePhone", [""])[0]
            if number and server.part(Members).by_mobile_phone("main", number) is None:
                raise Refused(404, "There is no such customer.") from None
            raise

    kept = server.replace(Gate, "authenticated", authenticated)


@defect(
    "reads_the_body_before_the_key", breaks="OIP-AUTH-07", family="authentication", also=("OIP-AUTH-01", "OIP-AUTH-02")
)
def _(server: ReferenceServer) -> None:
    """A request without a good key whose body is no JSON is answered 400."""

    def authenticated(_part: Gate, request: Request) -> Tenant:
        try:
            return kept(request)
        except Refused:
            if request.body and b"json" in (request.header(b"content-type") or "").encode():
                try:
                    orjson.loads(request.body)
                except ValueError:
                    raise Refused(400, "The body is not JSON.") from None
            raise

    kept = server.replace(Gate, "authenticated", authenticated)


@defect("compares_the_beginning_of_the_key", breaks="OIP-AUTH-08", family="authentication")
def _(server: ReferenceServer) -> None:
    """A key is accepted when it begins as a good one does."""
    _let_in(
        server, lambda request: any((request.header(b"x-api-key") or "-").startswith(key) for key in server.tenants)
    )


@defect("accepts_a_key_cut_short", breaks="OIP-AUTH-08", family="authentication")
def _(server: ReferenceServer) -> None:
    """A key without its last character is accepted."""
    _let_in(server, lambda request: request.header(b"x-api-key") in {key[:-1] for key in server.tenants})


@defect("ignores_the_case_of_the_key", breaks="OIP-AUTH-08", family="authentication")
def _(server: ReferenceServer) -> None:
    """A key is accepted in any case."""
    _let_in(
        server, lambda request: (request.header(b"x-api-key") or "").lower() in {key.lower() for key in server.tenants}
    )


@defect("ignores_the_end_of_a_long_key", breaks="OIP-AUTH-08", family="authentication")
def _(server: ReferenceServer) -> None:
    """Only the first thirty characters of a key are compared."""
    _let_in(server, lambda request: (request.header(b"x-api-key") or "")[:30] in {key[:30] for key in server.tenants})
