"""What the sandbox offers outside the API: outages on demand, the outbox, an allow list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oip_conformance.profile import load_profile
from oip_reference.storage.outbox_records import Outbox


def order(oip, **outage):
    return oip.ask("POST", "/_sandbox/gateways", outage, base="", tenant=None)


def test_a_gateway_told_to_fail_answers_502_in_the_documented_form_and_then_recovers(oip):
    assert order(oip, status=502, operations=["getStores"], times=2, system="POS", message="Line down").status == 200
    for _ in range(2):
        detail = oip.ask("GET", "/stores").refused(502)
        assert detail == {
            "gateway": "Connection to backend system failed. System: POS",
            "gatewayMessage": "Line down",
        }
        assert oip.ask("GET", "/health").status == 200
    assert oip.ask("GET", "/stores").status == 200


def test_a_gateway_told_to_fail_answers_429_until_the_order_is_withdrawn(oip):
    order(oip, status=429)
    assert oip.ask("GET", "/stores").refused(429) == {}
    assert oip.ask("GET", "/health").refused(429) == {}
    assert oip.ask("GET", "/stores", tenant="second").status == 200
    oip.ask("GET", "/stores", tenant=None).refused(401)
    assert oip.ask("DELETE", "/_sandbox/gateways", base="", tenant=None).json == []
    assert oip.ask("GET", "/stores").status == 200


def test_an_outage_may_wait_for_a_call_that_holds_a_text(oip):
    member, other = oip.new_member(), oip.new_member()
    order(oip, status=502, mentioning=member["mobilePhone"], times=2)
    assert oip.ask("GET", f"/customers?mobilePhone=%2B{other['mobilePhone'][1:]}").status == 200
    oip.ask("GET", f"/customers?mobilePhone=%2B{member['mobilePhone'][1:]}").refused(502)
    oip.ask("POST", "/customers", {"data": {"mobilePhone": member["mobilePhone"]}}).refused(502)
    oip.ask("POST", "/customers", {"data": {"mobilePhone": member["mobilePhone"]}}).refused(409)


def test_what_an_outage_would_have_written_is_not_written(oip):
    order(oip, status=502, operations=["createMember"], times=1)
    oip.ask("POST", "/customers", {"data": {"mobilePhone": "+4799700001"}}).refused(502)
    oip.ask("GET", "/customers?mobilePhone=%2B4799700001").refused(404)


@pytest.mark.parametrize(
    "outage",
    [{}, {"status": 500}, {"status": 502, "operations": ["nonsense"]}, {"status": 502, "operations": "getStores"},
     {"status": 502, "operations": [["getStores"]]}, {"status": 502, "times": 0}, {"status": 502, "times": True},
     {"status": 502, "tenant": "third"}, {"status": 502, "tenant": ["main"]}],
)  # fmt: skip
def test_an_order_that_makes_no_sense_is_refused(oip, outage):
    order(oip, **outage).refused(400)
    assert oip.ask("GET", "/stores").status == 200


def test_the_outbox_shows_what_would_have_been_sent_newest_first(oip):
    outbox = oip.application.server.part(Outbox)
    for number in range(3):
        outbox.post("main", "sms", f"+479990000{number % 2}", {"message": f"Hei {number}"}, datetime.now(UTC))
    shown = oip.ask("GET", "/_sandbox/outbox?recipient=%2B4799900000", base="", tenant=None).json
    assert [message["content"]["message"] for message in shown] == ["Hei 2", "Hei 0"]
    assert oip.ask("GET", "/_sandbox/outbox?tenant=second", base="", tenant=None).json == []
    oip.ask("GET", "/_sandbox/outbox?tenant=third", base="", tenant=None).refused(400)


def test_an_address_that_is_not_on_the_allow_list_is_refused(made):
    oip = made(networks=["10.0.0.0/8", "::1/128"])
    assert oip.ask("GET", "/stores", client="10.1.2.3").status == 200
    assert oip.ask("GET", "/stores", client="::1").status == 200
    oip.ask("GET", "/stores", client="192.168.1.1").refused(403)
    oip.ask("GET", "/stores", client="").refused(403)
    oip.ask("GET", "/stores", client="192.168.1.1", tenant=None).refused(401)


def test_what_was_imported_is_shown_to_its_account(oip):
    oip.ask("POST", "/import", {"members": [{}, {}]})
    (shown,) = oip.ask("GET", "/_sandbox/imports", base="", tenant=None).json
    assert (shown["format"], shown["records"]) == ("json", 2)
    assert oip.ask("GET", "/_sandbox/imports?tenant=second", base="", tenant=None).json == []


def test_the_page_tells_what_a_sandbox_holds(made, tmp_path):
    (tmp_path / "vendor.toml").write_text('name = "A"\n[fixtures]\nstores = ["<S>-1"]\n')
    page = made(profile=load_profile(tmp_path / "vendor.toml")).ask("GET", "/", base="", tenant=None)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for told in ("Oculos Integration Platform API 4.2.0", "&lt;S&gt;-1", "+4740000001", "/_sandbox/outbox", "/v4"):
        assert told in page.content.decode()
