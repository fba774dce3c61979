"""Defects of how requests are read: by spelling instead of meaning, by what a client accepts, and reading that writes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oip_reference.clock import milliseconds
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.gate import Gate
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_reference.http.request import Call, Request
    from oip_reference.storage.member_records import Member
    from oip_reference.tenancy.tenant import Tenant


@defect("answers_browsers_in_html", breaks="OIP-CORE-12", family="encoding", also=("OIP-CORE-04", "OIP-CORE-05"))
def _(server: ReferenceServer) -> None:
    """A client that accepts text/html gets a page."""

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        if (request.header(b"accept") or "").startswith("text/html") and given.status == 200:
            return replace(given, body=b"<pre>the customer</pre>", media_type="text/html")
        return given

    server.shape(shaper)


@defect("answers_406_without_an_accept_header", breaks="OIP-CORE-12", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """A request that does not say what it accepts is answered 406."""

    def admit(_part: Gate, tenant: Tenant, request: Request) -> None:
        kept(tenant, request)
        if not request.header(b"accept"):
            raise Refused(406, "Say what you accept.")

    kept = server.replace(Gate, "admit", admit)


@defect(
    "errors_are_html_for_browsers",
    breaks="OIP-CORE-12",
    family="encoding",
    also=("OIP-CORE-04", "OIP-CORE-05", "OIP-ERR-01"),
)
def _(server: ReferenceServer) -> None:
    """A client that accepts text/html gets its errors as pages."""

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        if (request.header(b"accept") or "").startswith("text/html") and given.status >= 400:
            return replace(given, body=b"<h1>Error</h1>", media_type="text/html")
        return given

    server.shape(shaper)


@defect("knows_json_without_a_charset_only", breaks="OIP-CORE-15", family="encoding", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """`application/json; charset=utf-8` is not taken for JSON."""

    def content_type(_part: Bodies, request: Request) -> tuple[str, dict[str, str]]:
        given, options = kept(request)
        return (f"{given};", options) if given == "application/json" and options else (given, options)

    kept = server.replace(Bodies, "content_type", content_type)


@defect("does_not_read_escapes", breaks="OIP-CORE-15", family="encoding", also=("OIP-POS-01", "OIP-NEG-11"))
def _(server: ReferenceServer) -> None:
    """An escape such as \\u00e5 in a body is kept as six characters."""

    def json(_part: Bodies, body: bytes) -> Parsed:
        return kept(re.sub(rb"\\u00([c-f][0-9a-f])", rb"\\\\u00\1", body))

    kept = server.replace(Bodies, "json", json)


@defect("wants_the_data_first", breaks="OIP-CORE-15", family="encoding", also=("OIP-POS-*",))
def _(server: ReferenceServer) -> None:
    """A body whose `source` comes before its `data` is refused."""

    def json(_part: Bodies, body: bytes) -> Parsed:
        parsed: Parsed = kept(body)
        if isinstance(parsed.value, dict) and "data" in parsed.value and next(iter(parsed.value)) == "source":
            raise Refused(400, "data must come first.")
        return parsed

    kept = server.replace(Bodies, "json", json)


def _when_read(server: ReferenceServer, method: str, touched: Any) -> None:
    def read(_part: Customers, call: Call) -> Answer:
        answer: Answer = kept(call)
        member = server.part(Customers).records.by_id(call.tenant.name, answer.body["data"]["id"])
        if member is not None:
            server.part(Customers).records.save(touched(member, call))
        return answer

    kept = server.replace(Customers, method, read)


@defect("reading_moves_the_time_of_change", breaks="OIP-CORE-16", family="state", also=("OIP-CUST-27",))
def _(server: ReferenceServer) -> None:
    """Reading a customer by phone sets UpdatedAt, as if it were a change."""

    def touched(member: Member, call: Call) -> Member:
        return member._replace(updated=milliseconds(call.now) + 1000)

    _when_read(server, "by_mobile_phone", touched)


@defect(
    "reading_counts_visits_in_the_record",
    breaks="OIP-CORE-16",
    family="state",
    also=("OIP-C*", "OIP-PROMO-*", "OIP-POS-*"),
)
def _(server: ReferenceServer) -> None:
    """Every reading by external id adds one to a visit counter in extendedProperties."""

    def touched(member: Member, _call: Call) -> Member:
        extended = member.profile.get("extendedProperties") or {}
        visits = {**extended, "visits": int(extended.get("visits", 0)) + 1}
        return member._replace(profile={**member.profile, "extendedProperties": visits})

    _when_read(server, "by_external_id", touched)


@defect("accepts_everything", breaks=("OIP-AUTH-01", "OIP-NEG-01", "OIP-CUST-08"), family="extremes", also=("*",))
def _(server: ReferenceServer) -> None:
    """Whatever would be refused is answered 200 with an empty object."""

    def shaper(_request: Request, _call: Call | None, given: Answer) -> Answer:
        return Answer(200, {}) if given.status >= 400 else given

    server.shape(shaper)


@defect("rejects_everything", breaks=("OIP-POS-01", "OIP-CUST-01"), family="extremes", also=("*",))
def _(server: ReferenceServer) -> None:
    """Every call with a good key is answered 400 in a perfect envelope, except that of a customer nobody is: 404."""

    def admit(_part: Gate, tenant: Tenant, request: Request) -> None:
        kept(tenant, request)
        if request.path.startswith("/v4/customers/id/"):
            raise Refused(404, "There is no such customer.")
        raise Refused(400, "No.")

    kept = server.replace(Gate, "admit", admit)


@defect("answers_from_the_published_samples", breaks=("OIP-CUST-03", "OIP-CUST-08"), family="extremes", also=("*",))
def _(server: ReferenceServer) -> None:
    """A customer is answered with the published sample, whoever is asked for, as a mock server does."""
    samples = server.contract.operations["getCustomerById"].response_examples(200)
    document = next(iter(samples.values()))

    def read(*_: Any) -> Answer:
        return Answer(200, document)

    for method in ("by_id", "by_mobile_phone", "by_external_id"):
        server.replace(Customers, method, read)
    rewrite(server, "createMember", body=lambda _value, _call: document)
