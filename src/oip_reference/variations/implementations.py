"""Variations found in servers that others wrote from the documentation alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from oip_reference.http.answer import Answer, Refused
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.reader import Reader
from oip_reference.lookups import Directory
from oip_reference.redemption import Redemptions
from oip_reference.rewriting import promotions_in, records_in, redo_refusals, rewrite
from oip_reference.server import ReferenceServer
from oip_reference.variations.registration import variation

if TYPE_CHECKING:
    from oip_reference.http.request import Call, Request


@variation("marks_every_error_anew", family="details")
def _(server: ReferenceServer) -> None:
    """Each error has a trace id of its own, and names the path that was asked for."""

    def answer(request: Request, given: Answer) -> Answer:
        if not isinstance(given.body, dict):
            return given
        detail = {"instance": request.path, "errors": given.body.get("detailedErrorMessage")}
        kept = given.body if given.status in (429, 502) else {**given.body, "detailedErrorMessage": detail}
        return replace(given, body={"traceId": uuid4().hex, **kept})

    redo_refusals(server, answer=answer)


@variation("numbers_every_calculation", family="documents")
def _(server: ReferenceServer) -> None:
    """A price and what is offered for a cart bear an id of this one calculation."""
    rewrite(
        server,
        "calculatePrice",
        "calculatePriceFor",
        "getCartPromotions",
        body=lambda value, _call: {**value, "calculationId": uuid4().hex} if isinstance(value, dict) else None,
    )


@variation("names_offers_in_words_of_its_own", family="documents")
def _(server: ReferenceServer) -> None:
    """What is offered for a cart is a list of promotion ids below another name."""

    def body(value: Any, _call: Call) -> Any:
        return {"offers": [{"promotion": one["id"], "saves": one.get("discount")} for one in value["promotions"]]}

    rewrite(server, "getCartPromotions", body=body)


@variation("answers_415_to_a_body_of_no_type", family="statuses")
def _(server: ReferenceServer) -> None:
    """A missing body, and one without a content type, is answered 415 as many frameworks do."""

    def parse(part: Bodies, request: Request, accepted: tuple[str, ...]) -> tuple[str, Parsed]:
        if not part.content_type(request)[0]:
            raise Refused(415, f"The content type must be {' or '.join(accepted)}.")
        return parsed(request, accepted)

    def body(_part: Reader, operation: Any, request: Request) -> Any:
        if operation.request_required and not request.header(b"content-type"):
            raise Refused(415, "A content type is needed.")
        return read(operation, request)

    parsed = server.replace(Bodies, "parse", parse)
    read = server.replace(Reader, "body", body)


@variation("answers_400_to_control_characters_in_an_address", family="statuses")
def _(server: ReferenceServer) -> None:
    """The server in front refuses such an address before any operation sees it."""

    def call(_part: Reader, request: Request, *rest: Any) -> Call:
        if re.search(r"%(?:[01][0-9A-Fa-f]|7[Ff])", request.path):
            raise Refused(400, "The address is malformed.")
        return kept(request, *rest)

    kept = server.replace(Reader, "call", call)


@variation("speaks_in_published_phrases", family="envelope")
def _(server: ReferenceServer) -> None:
    """`message` is what the documentation says of a status of an operation, such as "Customer Not Found"."""
    published = {
        403: "Forbidden - this method requires activation and configuration from Oculos",
        404: "Customer Not Found",
    }

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, body={**given.body, "message": published[given.status]})

    redo_refusals(server, *published, answer=answer)


@variation("describes_no_promotion", family="fields")
def _(server: ReferenceServer) -> None:
    """`description`, which may be null, is null everywhere."""

    def body(value: Any, _call: Call) -> None:
        listed = value if isinstance(value, list) else []
        redeemed = [one for one in listed if isinstance(one, dict) and "couponId" in one]
        for promotion in [*promotions_in(value), *redeemed]:
            promotion["description"] = None

    rewrite(server, body=body)


@variation("takes_no_channel_for_any", family="state")
def _(server: ReferenceServer) -> None:
    """A redemption that names neither a till nor a channel is not held to the channels of a promotion."""

    def channel(_part: Redemptions, tenant: Any, body: dict[str, Any]) -> str | None:
        named = (body.get("extendedProperties") or {}).get("channel")
        return kept(tenant, body) if named or body.get("cashRegisterId") else None

    kept = server.replace(Redemptions, "channel", channel)


@variation("knows_people_by_their_last_names", family="documents")
def _(server: ReferenceServer) -> None:
    """A person who is looked up has a last name and no first name."""

    def person(_part: Directory, key: str) -> dict[str, Any]:
        return {name: value for name, value in kept(key).items() if name != "firstName"}

    kept = server.replace(Directory, "person", person)


@variation("keeps_lists_as_sets", family="lists")
def _(server: ReferenceServer) -> None:
    """Interests and favourite stores are shown in the order of the alphabet."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            for name in ("interests", "favoriteStores"):
                if isinstance(record.get(name), list):
                    record[name] = sorted(record[name])

    rewrite(server, body=body)
