"""Variations of the error envelope."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oip_reference.http.answer import Answer, Envelope, Refused
from oip_reference.http.gate import Gate
from oip_reference.rewriting import redo_refusals
from oip_reference.server import ReferenceServer
from oip_reference.variations.registration import variation


def _detail(server: ReferenceServer, change: Callable[[int, Any], Any]) -> None:
    """Shows `change(status, detail)` as `detailedErrorMessage`."""
    kept = server.replace(
        Envelope,
        "document",
        lambda _part, status, detail: {
            **kept(status, detail),
            "detailedErrorMessage": detail if status in (429, 502) else change(status, detail),
        },
    )


def _names_in(message: str) -> list[str]:
    return re.findall(r'"(\w+)"', message)


def _texts(detail: Any) -> list[str]:
    items = detail if isinstance(detail, list) else [detail]
    return [
        f"{one['field']} {one['message']}" if isinstance(one, dict) and "field" in one else str(one) for one in items
    ]


@variation("details_errors_as_an_object", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` is an object instead of a text or a list."""
    _detail(server, lambda _status, detail: {"errors": detail if isinstance(detail, list) else [detail]})


@variation("details_errors_as_a_text", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` is always one text."""
    _detail(server, lambda _status, detail: "; ".join(_texts(detail)))


@variation("details_errors_as_a_list_of_texts", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` is always a list of texts."""
    _detail(server, lambda _status, detail: _texts(detail))


@variation("details_errors_by_field", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` maps each field to what is wrong with it."""

    def change(_status: int, detail: Any) -> Any:
        if isinstance(detail, list):
            return {one["field"].rpartition("/")[2]: [one["message"]] for one in detail if isinstance(one, dict)}
        return {"": [detail]}

    _detail(server, change)


@variation("details_only_bad_requests", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` stands only in a 400; elsewhere it is absent."""

    def document(_part: Envelope, status: int, detail: Any) -> dict[str, Any]:
        shown: dict[str, Any] = kept(status, detail)
        if status not in (400, 429, 502):
            del shown["detailedErrorMessage"]
        return shown

    kept = server.replace(Envelope, "document", document)


@variation("has_no_detail_of_what_is_not_there", family="details")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` of a 404 is null, of a 401 an empty text."""
    _detail(server, lambda status, detail: {404: None, 401: ""}.get(status, detail))


@variation("explains_errors_in_norwegian", family="details")
def _(server: ReferenceServer) -> None:
    """Details are in Norwegian; fields keep their names."""

    def change(_status: int, detail: Any) -> Any:
        if isinstance(detail, list):
            return [{**one, "message": f"er ikke gyldig: {' '.join(_names_in(one['message']))}"} for one in detail]
        return "Forespørselen kunne ikke behandles."

    _detail(server, change)


@variation("writes_phrases_in_capitals", family="envelope")
def _(server: ReferenceServer) -> None:
    """`message` is the phrase of the status in capitals."""
    kept = server.replace(Envelope, "message", lambda _part, status: kept(status).upper())


@variation("adds_fields_to_errors", family="envelope")
def _(server: ReferenceServer) -> None:
    """The envelope has members that are not published: a trace id, a time, a link."""
    before = {"traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00", "timestamp": "2024-11-19T10:00:00Z"}
    after = {"documentation": "https://dev.example/errors"}

    def answer(_request: Any, given: Answer) -> Answer:
        return replace(given, body={**before, **given.body, **after}) if isinstance(given.body, dict) else given

    redo_refusals(server, answer=answer)


@variation("challenges_for_nothing", family="envelope")
def _(server: ReferenceServer) -> None:
    """A 401 comes without WWW-Authenticate."""

    def authenticated(_part: Gate, request: Any) -> Any:
        try:
            return kept(request)
        except Refused as refusal:
            raise Refused(refusal.status, refusal.detail) from None

    kept = server.replace(Gate, "authenticated", authenticated)


@variation("numbers_its_errors", family="details")
def _(server: ReferenceServer) -> None:
    """Details carry an error number of the account beside the text, and errors a correlation header."""
    redo_refusals(
        server, answer=lambda _request, given: replace(given, headers=(*given.headers, ("x-correlation-id", "7f3a")))
    )
    _detail(server, lambda status, detail: detail if status == 400 else {"number": 1000 + status, "text": str(detail)})
