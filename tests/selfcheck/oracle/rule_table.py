"""The table: for each rule, exchanges that keep it, that break it, and that it says nothing of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from rule_contracts import with_header
from rule_scenes import CUSTOMER, JSON, contract, exchange, refusal, scene, silence

from oip_conformance.evidence import SECRET_MARK
from oip_conformance.oracle import Scene


@dataclass(frozen=True)
class Case:
    """What one rule says of handmade exchanges, by what is to be seen in them."""

    kept: dict[str, Scene] = field(default_factory=dict)
    broken: dict[str, Scene] = field(default_factory=dict)
    silent: dict[str, Scene] = field(default_factory=dict)


TEXT = (("Content-Type", "text/html"),)
UNDOCUMENTED = (("Content-Type", "application/pdf"),)
UNREADABLE = b'{"data": '
PROBLEM = (("content-type", "application/problem+json"),)

NOTHING = {"no answer": silence("timeout"), "a path of no operation": scene(None)}
"""What most rules say nothing of."""


def customer(**data: Any) -> dict[str, Any]:
    """A customer with other data; a change to None leaves a field out."""
    changed = {name: value for name, value in {**CUSTOMER["data"], **data}.items() if value is not None}
    return {**CUSTOMER, "data": changed}


def transactions(*entries: dict[str, Any]) -> dict[str, Any]:
    """Bonus transactions as getBonusTransactions lists them."""
    return {"transactions": [{"id": 7, "points": 75, **one} for one in entries]}


def report(*rows: dict[str, Any]) -> Scene:
    """A page of a report, the rows of which are agreed."""
    paging = {"reportType": "customers", "totalRecords": len(rows), "totalPages": 1, "activePage": 1}
    return scene("report1", 200, {"metaData": paging, "data": list(rows)})


ROW = {"id": "A", "mobilePhone": "+4712345678", "firstName": "Kari", "zip": "0153"}


def invalid(why: str, status: int, operation: str = "createMember") -> Scene:
    """An answer to a request that was made invalid."""
    return scene(operation, status, {}, intent="invalid", why=why)


def refused_because_of(place: str, *kept: Scene) -> Case:
    """The table of a rule on one kind of violation, and what keeps it besides."""
    why, other = f"{place}: a violation", "body: x" if place != "body" else "path: x"
    return Case(
        kept={
            "400": invalid(why, 400),
            "409 where documented": invalid(why, 409),
            **{f"before the operation {number}": one for number, one in enumerate(kept)},
        },
        broken={"accepted": invalid(why, 201), "another status": invalid(why, 405), "404": invalid(why, 404)},
        silent={
            "another violation": invalid(other, 201),
            "a valid request": scene("createMember", 201, CUSTOMER, intent="valid"),
            "a key refused": invalid(why, 401),
            "a server error, which is another rule's": invalid(why, 500),
            **NOTHING,
        },
    )


def typed(operation: str, status: int, content_type: str | None, **parts: Any) -> Scene:
    """An answer to a request with this content type, or with none."""
    made = scene(operation, status, {}, **parts)
    headers = () if content_type is None else (("Content-Type", content_type),)
    return replace(made, exchange=replace(made.exchange, request=replace(made.exchange.request, headers=headers)))


BEFORE_THE_OPERATION = {
    "413 to a large body": scene("createMember", 413, {}, sent=b"x" * 2_000_000),
    "414 to a long address": scene(status=414, url="http://localhost/v4/" + "x" * 5000),
    "415 to a body of no type": typed("createMember", 415, None),
    "415 to another type": typed("createMember", 415, "text/plain"),
    "400 to control characters": scene("enrichMember", 400, {}, url="http://localhost/v4/enrich/a%0D%0Ab"),
}
"""What a server refuses before any operation sees it."""


CASES: dict[str, Case] = {
    "every_request_is_answered": Case(
        kept={"an answer": scene(), "an error": refusal(404)},
        broken={
            "time ran out": silence("timeout"),
            "closed on the second try": silence("closed", attempt=2),
            "not HTTP": silence("protocol"),
            "no reason given": silence(""),
        },
        silent={"cut in the middle": silence("cut"), "lost once": silence("closed", attempt=1)},
    ),
    "no_server_error": Case(
        kept={"200": scene(), "502": refusal(502)},
        broken={"500": scene(status=500), "503": scene(None, 503)},
        silent={"no answer": silence("timeout")},
    ),
    "only_documented_statuses": Case(
        kept={"documented": refusal(404), "of the platform": refusal(429), "403 everywhere": scene(status=403)},
        broken={
            "202": scene(status=202),
            "410": scene(status=410),
            "413 to a small body": scene("createMember", 413, {}, sent=b"{}"),
            "415 to a content type that is taken": typed("createMember", 415, "application/json; charset=utf-8"),
            "400 to an address like others": scene("enrichMember", 400, {}),
        },
        silent={"a server error": scene(status=500), **BEFORE_THE_OPERATION, **NOTHING},
    ),
    "schemathesis_status_code_conformance": Case(
        kept={"documented": scene()},
        broken={"202": scene(status=202), "413 to a small body": scene("createMember", 413, {}, sent=b"{}")},
        silent={
            "of the platform": scene(status=403),
            "HEAD": scene(method="HEAD"),
            **BEFORE_THE_OPERATION,
            **NOTHING,
        },
    ),
    "the_content_type_is_documented": Case(
        kept={"JSON": scene()},
        broken={"HTML": scene(headers=TEXT), "none": scene(headers=())},
        silent={
            "no body": scene(body=b""),
            "an undocumented status": scene(status=418),
            "no content documented": scene("redeemPromotion", 200, {"any": "thing"}),
            **NOTHING,
        },
    ),
    "schemathesis_content_type_conformance": Case(
        kept={"JSON": scene()},
        broken={"PDF": scene(headers=UNDOCUMENTED)},
        silent={"no body": scene(body=b""), "undocumented status": scene(status=418), **NOTHING},
    ),
    "the_body_conforms_to_its_schema": Case(
        kept={"a customer": scene(), "fields of its own": scene(body=customer(shoeSize=43))},
        broken={
            "a number for a text": scene(body=customer(firstName=7)),
            "without data": scene(body={"metaData": {}}),
            "an empty body": scene(body=b""),
            "in a list": scene("getStores", 200, [{"id": "1"}, {"id": 2}]),
        },
        silent={
            "HEAD": scene(method="HEAD"),
            "not JSON": scene(headers=TEXT),
            "broken JSON": scene(body=UNREADABLE),
            "no schema": scene("redeemPromotion", 200, {}),
            "an undocumented status": scene(status=418),
            "JSON where only another form is documented": scene(within=with_header("text/plain"), operation="ask"),
            **NOTHING,
        },
    ),
    "schemathesis_response_schema_conformance": Case(
        kept={"a customer": scene()},
        broken={"a number for a text": scene(body=customer(firstName=7))},
        silent={"an undocumented status": scene(status=418), **NOTHING},
    ),
    "a_body_called_json_is_json": Case(
        kept={"JSON": scene(), "a problem document": scene(headers=PROBLEM), "of no operation": scene(None)},
        broken={"cut short": scene(body=UNREADABLE), "not UTF-8": scene(body=b'{"name": "\xff"}')},
        silent={"HTML": scene(headers=TEXT), "no body": scene(body=b""), "no answer": silence("timeout")},
    ),
    "no_internals_are_shown": Case(
        kept={
            "a customer": scene(),
            "what the client sent": scene(body={"note": "SELECT x FROM y"}, sent=b'{"note": "SELECT x FROM y"}'),
            "what stood in the address": scene(
                status=400, body=b'{"detail": "/etc/shadow/x"}', url="http://h/v4/a?b=%2Fetc%2Fshadow%2Fx"
            ),
            "a web address": scene(body={"imageUrl": "https://cdn.oculos.no/usr/img/coffee.png"}),
        },
        broken={
            "a Python traceback": scene(status=400, body=b'Traceback (most recent call last):\n  File "/a.py", line 3'),
            "a Python traceback in JSON": scene(body={"detail": 'File "/app/oip.py", line 12, in get'}),
            "more than was sent": scene(body=b"/etc/oip/a and /etc/oip/secret", sent=b"/etc/oip/a"),
            "a Java trace": scene(body=b"java.lang.NullPointerException at no.oip.Api.get(Api.java:31)"),
            "a .NET trace": scene(body=b"at Oip.Controllers.Get() in C:\\src\\Get.cs:line 12"),
            "a Node.js trace": scene(body=b"at get (/srv/app/index.js:10:3)"),
            "a PHP error": scene(body=b"<b>Fatal error</b>: Uncaught"),
            "a Go panic": scene(body=b"panic: runtime error: index out of range"),
            "a database message": scene(body=b"UNIQUE constraint failed: customers.phone"),
            "a server path": scene(body=b"cannot open /var/lib/oip/data.db"),
        },
        silent={"no body": scene(body=b""), "no answer": silence("timeout")},
    ),
    "no_credential_is_shown": Case(
        kept={
            "a customer": scene(),
            "what the client sent": scene(
                body={"note": "$2b$10$abcdefghijklmnopqrstuv"}, sent=b"$2b$10$abcdefghijklmnopqrstuv"
            ),
            "a web address with a port": scene(body={"imageUrl": "https://cdn.oculos.no:8443/img/a@2x.png"}),
            "words about passwords": scene(status=401, body={"message": "Password=wrong; user=you"}),
        },
        broken={
            "a connection string": scene(body={"connection": "Server=db1;User Id=sa;Password=hunter2"}),
            "a database's address": scene(body={"store": "postgresql://oip:hunter2@db1/oip"}),
            "a password's hash": scene(body={"data": {"hash": "$2b$10$abcdefghijklmnopqrstuv"}}),
            "a private key": scene(body=b"-----BEGIN RSA PRIVATE KEY-----"),
            "another than was sent": scene(body=b"amqp://a:b@c amqp://d:e@f", sent=b"amqp://a:b@c"),
        },
        silent={"no body": scene(body=b""), "no answer": silence("timeout")},
    ),
    "no_secret_is_echoed": Case(
        kept={"a customer": scene(), "a cookie": scene(headers=(*JSON, ("Set-Cookie", f"k={SECRET_MARK}1")))},
        broken={
            "in the body": scene(body={"key": f"{SECRET_MARK}1"}),
            "in a header": scene(headers=(*JSON, ("X-Debug", f"{SECRET_MARK}1"))),
        },
        silent={"no answer": silence("timeout")},
    ),
    "headers_that_describe_the_answer_are_there": Case(
        kept={
            "a content type": scene(),
            "a redirect": scene("enrichMember", 302, b"", headers=(("location", "https://shop.example/a"),)),
            "a redirect to a path": scene("enrichMember", 302, b"", headers=(("location", "/done"),)),
        },
        broken={
            "no content type": scene(headers=()),
            "no location": scene("enrichMember", 302, b"", headers=()),
            "a script as location": scene("enrichMember", 302, b"", headers=(("Location", "javascript:alert(1)"),)),
        },
        silent={"no body": scene(body=b""), **NOTHING},
    ),
    "schemathesis_response_headers_conformance": Case(
        kept={"as documented": scene("ask", 200, {}, within=with_header(), headers=(*JSON, ("X-Count", "3")))},
        broken={
            "missing": scene("ask", 200, {}, within=with_header()),
            "no number": scene("ask", 200, {}, within=with_header(), headers=(*JSON, ("X-Count", "many"))),
        },
        silent={"an undocumented status": scene(status=418), **NOTHING},
    ),
    "an_answer_arrives_whole": Case(
        kept={"whole": scene()},
        broken={"cut": silence("cut"), "cut, with the reason": silence("cut", why="12 of 40 bytes")},
        silent={"no answer": silence("timeout")},
    ),
    "published_fields_keep_name_and_type": Case(
        kept={
            "a customer": scene(),
            "fields of its own": scene(body=customer(shoeSize=43)),
            "another field is missing": scene(body=customer(favoriteStores=None, favoriteColour="red")),
            "a list": scene("stampCard1", 200, CUSTOMER["data"]["loyalty"]["loyaltyCards"]),
            "rows like customers": report(ROW, {**ROW, "zip": 153, "shoeSize": 43}),
            "a whole number with a point": report({"id": "4", "namn": "Kaffe", "total": 6.0, "count": 3}),
            "rows that add up, in a form of their own": scene("report1", 200, [{**ROW, "gender": None}]),
        },
        broken={
            "a corrected spelling": scene(body=customer(favoriteStores=None, favouriteStores=["S100"])),
            "deep inside": scene(
                body=customer(loyalty={"loyaltyCards": [{"id": "4", "name": "Kaffe", "total": 6, "count": 3}]})
            ),
            "a letter exchanged": scene("getBonusTransactions", 200, transactions({"activityName": "Terms"})),
            "another case": scene("getBonusTransactions", 200, transactions({"customerID": "A"})),
            "a separator": scene("getBonusTransactions", 200, transactions({}, {"transaction_date": "2024-04-16"})),
            "another type in an open place": report(ROW, {**ROW, "mobilePhone": 4712345678}),
            "a truth value for a number": report({"id": "4", "namn": "Kaffe", "total": 6, "count": True}),
        },
        silent={
            "an error": refusal(),
            "HTML": scene(headers=TEXT),
            "broken JSON": scene(body=UNREADABLE),
            "an agreed form": scene("customerFunction", 200, {"field1": "a", "field2": 1}),
            "a text": scene("triggerAutomation", 200, "done"),
            **NOTHING,
        },
    ),
    "an_error_is_an_envelope": Case(
        kept={"an envelope": refusal(), "of the platform": refusal(429), "an undocumented 403": refusal(403)},
        broken={
            "HTML": scene(status=400, body=b"<html>", headers=TEXT),
            "empty": scene(status=404, body=b""),
            "a list": scene(status=400, body=[]),
            "broken JSON": scene(status=400, body=UNREADABLE),
        },
        silent={"a success": scene(), "HEAD": scene(status=404, method="HEAD"), "410": refusal(410), **NOTHING},
    ),
    "the_code_is_text": Case(
        kept={"a text": refusal()},
        broken={"a number": refusal(code=400), "missing": refusal(code=None)},
        silent={"a success": scene(), "no envelope": scene(status=400, body=[]), **NOTHING},
    ),
    "the_code_is_the_status": Case(
        kept={"the status": refusal()},
        broken={"another": refusal(code="500"), "a word": refusal(code="BAD_REQUEST")},
        silent={"a number, which is another rule's": refusal(code=400), "a success": scene(), **NOTHING},
    ),
    "the_message_says_something": Case(
        kept={"a text": refusal(message="Nope")},
        broken={"empty": refusal(message="  "), "missing": refusal(message=None), "a list": refusal(message=["no"])},
        silent={"a success": scene(), **NOTHING},
    ),
    "the_message_is_the_phrase_of_the_status": Case(
        kept={
            "the phrase": refusal(404),
            "in another case": refusal(message="bad request"),
            "the published one": refusal(404, message="Customer Not Found"),
        },
        broken={"another text": refusal(message="Nope"), "one of another status": refusal(404, message="Conflict")},
        silent={"no text, which is another rule's": refusal(message=["no"]), "a success": scene(), **NOTHING},
    ),
    "a_busy_gateway_is_named": Case(
        kept={
            "a gateway": refusal(502, detailedErrorMessage={"gateway": "Vipps", "gatewayMessage": "down"}),
            "an empty detail of 429": refusal(429),
            "no detail of 429": refusal(429, detailedErrorMessage=None),
        },
        broken={
            "no gateway": refusal(502),
            "a number for a gateway": refusal(502, detailedErrorMessage={"gateway": 1, "gatewayMessage": "down"}),
            "a number as detail of 429": refusal(429, detailedErrorMessage=7),
        },
        silent={"another error": refusal(404), "a success": scene(), **NOTHING},
    ),
    "a_body_that_breaks_the_contract_is_refused": refused_because_of(
        "body", typed("createMember", 415, None, intent="invalid", why="body: missing")
    ),
    "a_parameter_that_breaks_the_contract_is_refused": Case(
        kept={
            "400": invalid("path: empty", 400),
            "nothing of that name": invalid("query: letters", 404, "getCustomerByMobilePhone"),
        },
        broken={"accepted": invalid("query: letters", 200, "report1")},
        silent={"another violation": invalid("body: x", 200), **NOTHING},
    ),
    "malformed_json_is_refused": Case(
        kept={"400": invalid("syntax: cut", 400), "415": invalid("syntax: cut", 415)},
        broken={"accepted": invalid("syntax: cut", 201)},
        silent={"another violation": invalid("body: x", 201), "busy": invalid("syntax: cut", 502), **NOTHING},
    ),
    "a_wrong_content_type_is_refused": Case(
        kept={"400": invalid("media type: XML", 400), "415": invalid("media type: XML", 415)},
        broken={"accepted": invalid("media type: XML", 201)},
        silent={"another violation": invalid("body: x", 201), **NOTHING},
    ),
    "a_conforming_request_is_accepted": Case(
        kept={
            "created": scene("createMember", 201, CUSTOMER, intent="accept"),
            "a clash": scene("createMember", 409, {}, intent="accept"),
        },
        broken={
            "refused": scene("createMember", 400, {}, intent="accept"),
            "a clash that is not documented": scene("getCustomerById", 409, {}, intent="accept"),
        },
        silent={
            "a probe": scene("createMember", 400, {}, intent="probe"),
            "not activated": scene("createMember", 403, {}, intent="accept"),
            "no answer": silence("timeout", intent="accept"),
            "of no operation": Scene(exchange("GET", None, None, b"", intent="accept"), None, contract()),
        },
    ),
}
