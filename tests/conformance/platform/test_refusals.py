"""What no request may do: reach past the contract, harm the server, or leave something behind when it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, Oip, Unmet, once, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def near_misses(oip: Oip) -> list[tuple[str, dict[str, Any]]]:
    """Numbers that would be right with one sign more or less: without the plus, a digit too many or too few."""
    person = oip.person_data()
    phone = person["mobilePhone"]
    found: list[tuple[str, dict[str, Any]]] = [
        ("createMember", {"data": {**person, "mobilePhone": wrong}})
        for wrong in (phone[1:], phone.ljust(17, "0"), phone[:7])
    ]
    if oip.is_claimed("vippsRecruit") and oip.target.gate.everything:
        national = phone.removeprefix(oip.profile.customers.phone_country_code)
        found += [("vippsRecruit", {"mobilePhone": wrong}) for wrong in (f"{national}0", national[:-1])]
    return [
        (name, body) for name, body in found if oip.contract.operation(name).request_errors("application/json", body)
    ]


@requirement("OIP-NEG-01")
def test_a_number_that_nearly_fits_is_refused(oip: Oip) -> None:
    """The form of the contract is kept to the last sign; the number as it should be is taken."""
    oip.create_member()
    unmet: list[Unmet] = []
    for name, body in near_misses(oip):
        answer = oip.call(name, json=body)
        answer.expect_decided(400)
        if answer.status != 400:
            unmet.append(answer.unmet("status 400", answer.what_came()))
    oip.none_of(unmet)


@requirement("OIP-NEG-05")
def test_a_creation_refused_for_its_last_part_creates_nobody(oip: Oip) -> None:
    """Only the end of the request is wrong, and nothing of it is stored."""
    person = oip.person_data()
    oip.try_to_create({**person, "interests": ["Sports", 7]}).expect_error(400)
    oip.find(person["mobilePhone"], by="mobilePhone").expect(404)
    oip.find(person["externalId"], by="externalId").expect(404)
    oip.try_to_create(person).expect(201)


@requirement("OIP-NEG-05")
def test_an_update_refused_for_its_last_part_changes_nothing(oip: Oip, member: Member) -> None:
    """The valid fields before the wrong one are not stored either."""
    before = oip.record_of(member)
    oip.update(member, firstName="Halv", city="Halvveis", consents={"acceptsTerms": "kanskje"}).expect_error(400)
    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))
    oip.update(member, firstName="Halv", city="Halvveis").expect(200)


@requirement("OIP-NEG-05")
def test_a_redemption_that_is_refused_counts_nothing(oip: Oip, member: Member) -> None:
    """A redemption of the wrong shape leaves the promotion as it was."""
    promotion = oip.promotion_of(member, role="open")
    oip.redeem(promotion, member, extendedProperties="none").expect_error(400)
    count = oip.count_of(promotion, member)
    if count != 0:
        raise oip.promotions_answer(member).unmet("redemptionCount 0", str(count))
    oip.redeem(promotion, member).expect(200)


@once
@requirement("OIP-NEG-06", "OIP-NEG-13")
def test_methods_outside_the_contract_are_refused(oip: Oip) -> None:
    """Each path refuses the methods it does not have."""
    refused: list[Unmet] = []
    for answer in _wrong_methods(oip):
        if answer.status is None or not 400 <= answer.status < 500:
            refused.append(answer.unmet("a refusal (4xx)", answer.what_came()))
    oip.none_of(refused)


@once
@requirement("OIP-NEG-13")
def test_a_refused_method_is_answered_405_with_allow(oip: Oip) -> None:
    """The answer names the methods that the path has."""
    unmet: list[Unmet] = []
    for path in sorted({one.path for one in oip.contract.operations.values() if "{" not in one.path}):
        defined = oip.contract.methods_of(path)
        method = next(name for name in reversed(METHODS) if name not in defined)
        answer = oip.send(method, path)
        allowed = {part.strip() for part in (answer.reply.header("allow") or "").split(",")}
        if answer.status != 405 or not defined <= allowed:
            named = f"status {answer.status}, Allow {answer.reply.header('allow')!r}"
            unmet.append(answer.unmet(f"405 with Allow {', '.join(sorted(defined))}", named))
    oip.none_of(unmet)


def _wrong_methods(oip: Oip) -> list[Answer]:
    answers = []
    for operation in oip.contract.operations.values():
        path = operation.path.replace("{timestamp}", "20240101T2210")
        for parameter in operation.parameters:
            path = path.replace("{" + parameter.name + "}", NOBODY)
        for method in METHODS:
            if method not in oip.contract.methods_of(path):
                answers.append(oip.send(method, path))
    return answers


@once
@requirement("OIP-NEG-07")
@pytest.mark.parametrize("path", ["/nothing", "/customers/nothing/at/all", "/promotion", "/v4", "/.env", "/admin"])
def test_unknown_paths_answer_404(oip: Oip, path: str) -> None:
    """A path that the contract does not define is not found."""
    oip.read_anything().expect_decided()
    oip.send("GET", path).expect(404)


@once
@requirement("OIP-NEG-14")
def test_the_404_of_an_unknown_path_is_in_the_envelope(oip: Oip) -> None:
    """Also what is not there is answered in the envelope."""
    oip.send("GET", "/nothing/here").expect_enveloped(404)


@requirement("OIP-NEG-08")
@pytest.mark.parametrize("operation", ["createMember", "addTransactions"])
def test_oversized_bodies_are_refused_cleanly(oip: Oip, operation: str) -> None:
    """Sixteen megabytes answer a 4xx, and the server goes on answering."""
    person = oip.person_data()
    huge = b'{"data": {"mobilePhone": "%b", "firstName": "%b"}}' % (person["mobilePhone"].encode(), b"x" * 16 * 1024**2)
    answer = oip.call(operation, content=huge, media_type="application/json")
    if answer.status is not None:
        answer.expect_refused()
    elif answer.exchange.fault not in ("closed", "cut"):
        raise answer.unmet("a refusal (4xx)", answer.what_came())
    oip.find(person["mobilePhone"], by="mobilePhone").expect(404)


@requirement("OIP-NEG-09")
@pytest.mark.parametrize("operation", ["getCustomerByMobilePhone", "getCustomerById", "enrichMember"])
def test_line_breaks_in_a_value_reach_no_header(oip: Oip, operation: str) -> None:
    """CR and LF in a value add no header and do not split the response."""
    value = "x\r\nX-Injected: yes\r\n\r\n<html>"
    name = "mobilePhone" if operation == "getCustomerByMobilePhone" else "id"
    parts: dict[str, Any] = {"query": {name: value}} if name == "mobilePhone" else {"path": {name: value}}
    answer = oip.call(operation, **parts)
    if answer.reply.header("x-injected") is not None:
        raise answer.unmet("no header of the client's making", "X-Injected")
    answer.expect_refused()
    oip.read_anything().expect_decided()


@requirement("OIP-NEG-10")
@pytest.mark.parametrize(
    "value", ["' OR '1'='1", '" OR ""="', "%", "_", "*", "1; DROP TABLE customers", "$ne", "{{7*7}}", "admin'--", "\\"]
)
def test_query_language_in_a_value_is_only_a_value(oip: Oip, member: Member, value: str) -> None:
    """Quotes, wildcards and fragments of queries find nobody."""
    oip.read(member).expect(200)
    tries = [
        oip.find(value, by="mobilePhone"),
        oip.find(value, by="externalId"),
    ]
    if oip.is_claimed("getPromotions"):
        tries.append(oip.call("getPromotions", path={"id": value}))
    for answer in tries:
        answer.expect(404, 400)


@requirement("OIP-NEG-11")
def test_broken_text_is_refused_not_stored(oip: Oip, member: Member) -> None:
    """Bytes that are not UTF-8, and a NUL in an identifier, are refused with 400."""
    person = oip.person_data()
    raw = b'{"data": {"mobilePhone": "%s", "firstName": "\xff\xfe"}}' % person["mobilePhone"].encode()
    oip.call("createMember", content=raw, media_type="application/json").expect_error(400)
    oip.find(person["mobilePhone"], by="mobilePhone").expect(404)
    oip.try_to_create({**person, "externalId": f"{person['externalId']}\0x"}).expect_error(400)
    oip.update(member, externalId="a\0b").expect_error(400)
    oip.read(member).expect(200).expect_value(member.external_id, "data", "externalId")


@requirement("OIP-NEG-12")
@pytest.mark.parametrize("kind", ["deep", "long", "large number", "many members"])
def test_extreme_json_is_refused_or_read_never_fatal(oip: Oip, kind: str) -> None:
    """Whatever a body holds, the answer is a documented status, and the server goes on."""
    phone = oip.person_data()["mobilePhone"]
    extra = {
        "deep": b'"extendedProperties": {"x": ' + b"[" * 20000 + b"]" * 20000 + b"}",
        "long": b'"firstName": "' + b"x" * 200_000 + b'"',
        "large number": b'"zip": 1' + b"0" * 400,
        "many members": b'"extendedProperties": {' + b",".join(b'"k%d": 1' % n for n in range(20000)) + b"}",
    }[kind]
    body = b'{"data": {"mobilePhone": "%s", %s}}' % (phone.encode(), extra)
    oip.call("createMember", content=body, media_type="application/json").expect(201, 400)
    oip.read_anything().expect_decided()
