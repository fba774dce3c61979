"""References in cases, `{{customer.id}}`, and the values that take their place when a case is sent.

A case is drawn before the target has handed anything out, so ids stand in it as references. `fill` encodes each
value for the place it goes to: percent-encoding in path, query and form bodies, JSON escapes in JSON, entities in XML.
Whoever sends a case only looks up the values; a filled case goes out as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote
from xml.sax.saxutils import escape

from oip_conformance.generation.case import Case

REFERENCES: Mapping[str, str] = {
    "customer.key": "what names a member where the account decides which kind of id counts",
    "customer.id": "own id of a member that no case updates, with promotions, a loyalty card and a payment card",
    "customer.mobilePhone": "that member's mobile phone",
    "customer.externalId": "that member's external id",
    "changing.key": "what names the member that cases update, where the account decides the kind of id",
    "changing.id": "own id of a member that cases update",
    "changing.mobilePhone": "that member's mobile phone",
    "changing.externalId": "that member's external id",
    "new.mobilePhone": "a phone number of the profile's range that was never used before",
    "new.nationalPhone": "the same without country code",
    "new.externalId": "an external id that was never used before",
    "new.email": "an e-mail address at the profile's domain",
    "new.token": "a card token that was never used before",
    "promotion.id": "a promotion that is open, unlimited and assigned to both members",
    "store.id": "a store where that promotion may be used",
    "card.id": "a loyalty card both members have",
    "activity.id": "an activity that earns bonus",
    "cart.id": "a cart of the first member",
    "recipient.mobilePhone": "a number that messages may be sent to",
    "payment.token": "the token of a payment card of the first member",
    "report.type": "a report the account has",
    "trigger.id": "a configured trigger",
    "calculation.name": "a configured price calculation",
    "function.customer": "a configured customer function",
    "function.promotions": "a configured promotions function",
    "lookup.mobilePhone": "a number the lookup may be asked for",
    "lookup.ssn": "a national id the lookup may be asked for",
    "message.id": "a preconfigured message",
}
"""Every reference that cases use, and what it stands for."""

SAMPLES: Mapping[str, str] = {
    name: {
        "mobilePhone": "+4799900001",
        "nationalPhone": "99900001",
        "ssn": "01810100000",
        "email": "oipc@example.com",
        "type": "newCustomers",
    }.get(name.partition(".")[2], "2457B03E-9925-45E9-B551-25F10D7BD4F2")
    for name in REFERENCES
}
"""A value of the usual form for each reference, to judge a case before the target's own values are known."""

_REFERENCE = re.compile(r"\{\{([a-z]+\.[A-Za-z]+)\}\}")
_REFERENCE_IN_BYTES = re.compile(rb"\{\{([a-z]+\.[A-Za-z]+)\}\}")


class UnboundReference(Exception):
    """GEN-02: a case refers to something that no value was given for."""

    code = "GEN-02"

    def __init__(self, name: str, case: Case) -> None:
        super().__init__(f"{{{{{name}}}}} of case {case.id} has no value")
        self.hint = f"the profile's fixtures must name it: {REFERENCES.get(name, 'no such reference exists')}"


def references(case: Case) -> frozenset[str]:
    """The references a case contains, without braces."""
    text = "\n".join((case.path, case.query, *(value for _, value in case.headers)))
    found = set(_REFERENCE.findall(text)) if "{{" in text else set()
    if case.body is not None and b"{{" in case.body:
        found.update(name.decode("ascii") for name in _REFERENCE_IN_BYTES.findall(case.body))
    return frozenset(found & REFERENCES.keys())


def fill(case: Case, values: Mapping[str, str]) -> Case:
    """The case ready to be sent: every reference replaced by its value, encoded for its place.

    Raises UnboundReference when a value is missing. Texts in double braces that are no reference stay as they are.
    """
    if not references(case):
        return case

    def substitute(text: str, encode: Callable[[str], str]) -> str:
        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in REFERENCES:
                return match.group()
            if name not in values:
                raise UnboundReference(name, case)
            return encode(values[name])

        return _REFERENCE.sub(value, text)

    body = case.body
    if body is not None and b"{{" in body:
        # Latin-1 keeps every byte as it is, so bodies that are no text survive; values are put in as UTF-8.
        encode = _encoder(case.media_type)
        body = substitute(body.decode("latin-1"), lambda value: encode(value).encode().decode("latin-1")).encode(
            "latin-1"
        )
    return replace(
        case,
        path=substitute(case.path, _percent),
        query=substitute(case.query, _percent),
        headers=tuple((name, substitute(value, str)) for name, value in case.headers),
        body=body,
    )


def _encoder(media_type: str | None) -> Callable[[str], str]:
    kind = (media_type or "").partition(";")[0].strip().lower()
    if kind.endswith("json"):
        return _json_text
    if kind.endswith("xml"):
        return escape
    return _percent if kind == "application/x-www-form-urlencoded" else str


def _json_text(value: str) -> str:
    return json.dumps(value)[1:-1]


def _percent(value: str) -> str:
    return quote(value, safe="")
