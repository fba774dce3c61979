"""Enriching a member, and the redirect that follows."""

from __future__ import annotations

from urllib.parse import urlsplit

from oip_conformance.scenario import Answer, Member, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same


def enrich(oip: Oip, member: Member, *, query: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Enrich a member."""
    return oip.call("enrichMember", path={"id": oip.person_id(member)}, query=query, headers=headers)


def host(answer: Answer) -> str:
    """The host that an answer redirects to. Raises Unmet when there is none."""
    parts = urlsplit(answer.reply.header("location") or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise answer.unmet("a Location that is an absolute web address", repr(answer.reply.header("location")))
    return parts.hostname


@requirement("OIP-ENR-01")
def test_an_enriched_member_is_redirected(oip: Oip, member: Member) -> None:
    """The answer is 302 with an absolute address."""
    answer = enrich(oip, member).expect(302)
    host(answer)
    wanted = oip.profile.fixtures.enrichment_location
    if wanted and not (answer.reply.header("location") or "").startswith(wanted):
        raise answer.unmet(f"a Location that begins with {wanted}", repr(answer.reply.header("location")))


@requirement("OIP-ENR-02")
def test_nobody_cannot_be_enriched(oip: Oip, member: Member) -> None:
    """Nobody's id answers 404 without a Location; a member's is redirected."""
    enrich(oip, member).expect(302)
    answer = oip.call("enrichMember", path={"id": NOBODY}).expect_enveloped(404)
    if answer.reply.header("location"):
        raise answer.unmet("no Location", repr(answer.reply.header("location")))


@requirement("OIP-ENR-03")
def test_the_client_does_not_choose_where_the_redirect_goes(oip: Oip, member: Member) -> None:
    """Neither parameters nor headers change the host."""
    usual = host(enrich(oip, member).expect(302))
    evil = "evil.example.net"
    tries = [
        enrich(oip, member, query=f"redirect=https://{evil}/&returnUrl=https://{evil}/&url=https://{evil}/"),
        enrich(oip, member, headers={"X-Forwarded-Host": evil, "Forwarded": f"host={evil}"}),
        enrich(oip, member, headers={"Referer": f"https://{evil}/", "Origin": f"https://{evil}"}),
    ]
    for answer in tries:
        if answer.status == 302 and host(answer) != usual:
            raise answer.unmet(f"a redirect to {usual}", host(answer))


@requirement("OIP-ENR-04")
def test_enriching_keeps_the_member(oip: Oip, member: Member) -> None:
    """Identifiers, consents and points are as before."""
    before = oip.record_of(member)
    enrich(oip, member).expect(302)
    answer = oip.read(member).expect(200)
    names = ("id", "mobilePhone", "externalId", "consents", "loyalty")
    kept = {name: answer.at("data").get(name) for name in names}
    expect_same(answer, {name: before.get(name) for name in names}, kept)
