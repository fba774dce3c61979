"""Defects of look-ups, enrichment and recruitment: the wrong person, or one too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oip_reference.clock import milliseconds
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.enrichment import Enrichment
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.parameters import Parameters
from oip_reference.http.reader import Reader
from oip_reference.lookups import Directory, Lookups
from oip_reference.recruitment import Recruitment
from oip_reference.rewriting import redo, rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.tenancy.tenant import Tenant


@defect("a_person_by_phone_has_no_name", breaks="OIP-LOOK-01", family="partial")
def _(server: ReferenceServer) -> None:
    """Of a person who is found by phone number only the address is shown."""
    rewrite(server, "lookupMobilePhone", body=lambda value, _call: {**value, "firstName": "", "lastName": ""})


@defect(
    "nobody_is_found_by_phone", breaks="OIP-LOOK-01", family="lost", also=("OIP-LOOK-03", "OIP-LOOK-05", "OIP-ENR-*")
)
def _(server: ReferenceServer) -> None:
    """No phone number is known to the directory."""
    server.replace(Directory, "person_with_phone", lambda *_: None)


@defect("a_person_by_national_id_has_no_name", breaks="OIP-LOOK-02", family="partial", also=("OIP-CORE-*",))
def _(server: ReferenceServer) -> None:
    """Of a person who is found by national id only the address is shown."""
    rewrite(server, "lookupSsn", body=lambda value, _call: {**value, "firstName": None, "lastName": None})


@defect(
    "a_national_id_with_a_leading_zero_is_unknown",
    breaks="OIP-LOOK-02",
    family="rare",
    also=("OIP-LOOK-04", "OIP-LOOK-05"),
)
def _(server: ReferenceServer) -> None:
    """A national id is kept as a number, so that those of the first nine days of a month are never found."""
    kept = server.replace(
        Directory,
        "person_with_national_id",
        lambda _part, tenant, number: None if number.startswith("0") else kept(tenant, number),
    )


@defect("what_is_no_phone_number_is_looked_up", breaks="OIP-LOOK-03", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """Anything is looked up as a phone number."""
    server.replace(Lookups, "check_phone", lambda *_: None)
    _unchecked(server, "lookupMobilePhone", "mobilePhone")


@defect("a_number_with_letters_is_looked_up", breaks="OIP-LOOK-03", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """Letters in a phone number are left out before it is looked up."""
    server.replace(Lookups, "check_phone", lambda *_: None)
    _unchecked(server, "lookupMobilePhone", "mobilePhone", letters=True)


def _unchecked(server: ReferenceServer, operation_id: str, name: str, *, letters: bool = False) -> None:
    """The path of an operation is taken as it comes; with `letters` only where it begins with a plus."""

    def path(_part: Parameters, operation: Operation, values: dict[str, str]) -> dict[str, Any]:
        try:
            return kept(operation, values)
        except Refused:
            if operation.id != operation_id or (letters and len(values[name]) < 6):
                raise
            return {name: values[name]}

    kept = server.replace(Parameters, "path", path)


@defect("check_digits_of_a_national_id_are_not_checked", breaks="OIP-LOOK-04", family="validation")
def _(server: ReferenceServer) -> None:
    """Eleven digits are a national id, whatever they add up to."""

    def check(_part: Lookups, call: Call, number: str) -> None:
        if len(number) != 11 or not number.isdecimal():
            kept(call, number)

    kept = server.replace(Lookups, "check_national_id", check)
    known = server.replace(
        Directory,
        "person_with_national_id",
        lambda part, tenant, number: known(tenant, number) or part.person(number),
    )


@defect("a_wrong_national_id_is_not_found", breaks="OIP-LOOK-04", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """A national id with wrong check digits is answered 404, which is not published."""

    def check(_part: Lookups, call: Call, number: str) -> None:
        try:
            kept(call, number)
        except Refused as refusal:
            raise Refused(404, refusal.detail) from None

    kept = server.replace(Lookups, "check_national_id", check)


@defect("a_look_up_repeats_the_national_id", breaks="OIP-LOOK-05", family="secrets")
def _(server: ReferenceServer) -> None:
    """The person who is found by national id is shown with it."""

    def person(_part: Directory, tenant: Tenant, number: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = kept(tenant, number)
        return found and {**found, "extendedProperties": {"nationalId": number}}

    kept = server.replace(Directory, "person_with_national_id", person)


@defect("a_look_up_registers_the_person", breaks="OIP-LOOK-05", family="state")
def _(server: ReferenceServer) -> None:
    """Whoever is looked up by phone number is a customer from then on."""

    def by_phone(_part: Lookups, call: Call) -> Answer:
        answer: Answer = kept(call)
        server.database.write(
            "INSERT OR IGNORE INTO member SELECT tenant, id || 'L', ?2, NULL, profile, ?3, ?3 FROM member"
            " WHERE tenant=?1 ORDER BY created LIMIT 1",
            call.tenant.name,
            call.path["mobilePhone"],
            milliseconds(call.now),
        )
        return answer

    kept = server.replace(Lookups, "by_mobile_phone", by_phone)


@defect("an_enriched_member_is_redirected_to_a_path", breaks="OIP-ENR-01", family="headers", also=("OIP-ENR-*",))
def _(server: ReferenceServer) -> None:
    """The Location after enriching is a path without a host."""
    server.replace(Enrichment, "location", lambda *_: "/profile/enriched")


@defect("an_enriched_member_is_answered_200", breaks="OIP-ENR-01", family="status", also=("OIP-ENR-*", "OIP-CORE-*"))
def _(server: ReferenceServer) -> None:
    """Enriching is answered 200 with the address in the body."""
    redo(
        server,
        "enrichMember",
        answer=lambda _request, answer: Answer(200, {"location": dict(answer.headers)["location"]}),
    )


@defect("an_enriched_member_is_sent_to_the_home_page", breaks="OIP-ENR-01", family="state")
def _(server: ReferenceServer) -> None:
    """The Location after enriching is not the one that the account configured."""
    server.replace(Enrichment, "location", lambda *_: "https://www.oculos.example/")


@defect("nobody_is_redirected", breaks="OIP-ENR-02", family="validation", also=("OIP-NEG-09",))
def _(server: ReferenceServer) -> None:
    """Enriching an id that nobody has is redirected as well."""
    _nobody(server, lambda part, call: Answer(302, headers=(("location", part.location(call)),)))


@defect("nobody_is_refused_with_a_location", breaks="OIP-ENR-02", family="headers")
def _(server: ReferenceServer) -> None:
    """Enriching an id that nobody has is answered 404 with a Location."""

    def refuse(part: Enrichment, call: Call) -> Answer:
        raise Refused(404, "There is no such member.", headers=(("location", part.location(call)),))

    _nobody(server, refuse)


@defect("enriching_nobody_is_a_bad_request", breaks="OIP-ENR-02", family="status")
def _(server: ReferenceServer) -> None:
    """Enriching an id that nobody has is answered 400, although 404 is published."""

    def refuse(_part: Enrichment, _call: Call) -> Answer:
        raise Refused(400, "There is no such member.")

    _nobody(server, refuse)


def _nobody(server: ReferenceServer, instead: Callable[[Enrichment, Call], Answer]) -> None:
    def enrich(part: Enrichment, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            return instead(part, call)

    kept = server.replace(Enrichment, "enrich", enrich)


@defect("a_parameter_says_where_the_redirect_goes", breaks="OIP-ENR-03", family="secrets")
def _(server: ReferenceServer) -> None:
    """returnUrl of the query is where an enriched member is sent."""

    def enrich(_part: Enrichment, call: Call) -> Answer:
        answer: Answer = kept(call)
        _, found, rest = call.request.query.decode("latin-1").partition("returnUrl=")
        if not found:
            return answer
        return replace(answer, headers=(("location", rest.partition("&")[0].replace("%3A", ":").replace("%2F", "/")),))

    kept = server.replace(Enrichment, "enrich", enrich)


@defect("a_proxys_header_says_where_the_redirect_goes", breaks="OIP-ENR-03", family="headers")
def _(server: ReferenceServer) -> None:
    """The host of X-Forwarded-Host is where an enriched member is sent."""

    def enrich(_part: Enrichment, call: Call) -> Answer:
        answer: Answer = kept(call)
        host = call.request.header(b"x-forwarded-host")
        return replace(answer, headers=(("location", f"https://{host}/profile/enriched"),)) if host else answer

    kept = server.replace(Enrichment, "enrich", enrich)


def _enriched(server: ReferenceServer, change: Any) -> None:
    kept = server.replace(Enrichment, "enriched", lambda _part, member, found: change(kept(member, found)))


@defect("enriching_takes_the_external_id", breaks="OIP-ENR-04", family="lost")
def _(server: ReferenceServer) -> None:
    """An enriched member has no external id any more."""
    _enriched(server, lambda member: member._replace(external_id=None))


@defect("enriching_gives_consents", breaks="OIP-ENR-04", family="state")
def _(server: ReferenceServer) -> None:
    """An enriched member has agreed to everything."""

    def change(member: Member) -> Member:
        consents = {name: True if value is False else value for name, value in member.profile["consents"].items()}
        return member._replace(profile={**member.profile, "consents": {**consents, "acceptsEmail": True}})

    _enriched(server, change)


@defect("a_recruitment_is_answered_201", breaks="OIP-REC-01", family="status", also=("OIP-REC-*", "OIP-CORE-*"))
def _(server: ReferenceServer) -> None:
    """vippsRecruit is answered 201."""
    redo(server, "vippsRecruit", answer=lambda _request, _answer: Answer(201))


@defect("a_number_without_country_code_is_not_recruited", breaks="OIP-REC-01", family="encoding", also=("OIP-REC-*",))
def _(server: ReferenceServer) -> None:
    """The number that a till sends has to have its country code."""

    def recruit(_part: Recruitment, call: Call) -> Answer:
        if not call.body["mobilePhone"].startswith("+"):
            raise call.invalid("/mobilePhone", "must have a country code")
        return kept(call)

    kept = server.replace(Recruitment, "recruit", recruit)


@defect("a_member_is_recruited_again", breaks="OIP-REC-02", family="state")
def _(server: ReferenceServer) -> None:
    """A number that is a member's is answered 200."""
    server.replace(Recruitment, "check_is_no_member", lambda *_: None)


@defect("a_member_is_changed_by_a_recruitment", breaks="OIP-REC-02", family="state")
def _(server: ReferenceServer) -> None:
    """Recruiting a member is answered 409, but the member counts as updated by the till."""

    def check(part: Recruitment, tenant: Tenant, number: str) -> None:
        member = part.members.by_mobile_phone(tenant.name, number)
        if member is not None:
            part.members.records.save(member._replace(profile={**member.profile, "city": "POS"}))
            server.database.keep()
        kept(tenant, number)

    kept = server.replace(Recruitment, "check_is_no_member", check)


@defect("what_is_no_phone_number_is_recruited", breaks="OIP-REC-03", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A recruitment of what is no phone number is answered 200."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        if operation.id == "vippsRecruit" and isinstance(value, dict) and isinstance(value.get("mobilePhone"), str):
            value = {**value, "mobilePhone": "91345678"}
        kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


@defect("a_recruitment_gives_consent", breaks="OIP-REC-05", family="state", also=("OIP-REC-*", "OIP-CONS-*"))
def _(server: ReferenceServer) -> None:
    """Whoever is recruited is at once a customer who accepts SMS."""

    def ask(part: Recruitment, call: Call, number: str) -> None:
        data = {"mobilePhone": number, "consents": {"acceptsSms": True}}
        member = server.part(Customers).new_member(call.tenant, data, call.now)
        part.members.enrol(call.tenant, member, call.now)
        kept(call, number)

    kept = server.replace(Recruitment, "ask", ask)
