"""Defects and variations change exactly what they say, and are known to have been applied."""

from __future__ import annotations

import pytest

from oip_reference.defects import DEFECTS
from oip_reference.deviation import Register, UnknownDeviation
from oip_reference.http.answer import Answer
from oip_reference.promotions import Promotions
from oip_reference.server import ReferenceServer, UnknownPoint
from oip_reference.variations import VARIATIONS


def test_a_defect_changes_one_rule_only(made):
    honest, lying = made(), made(defects=["accepts_an_expired_promotion"])
    honest.redeem("expired", honest.new_member()["id"]).refused(400)
    member = lying.new_member()["id"]
    assert lying.redeem("expired", member).status == 200
    lying.redeem("one_store", member, storeId="STORE-002").refused(400)


def test_a_variation_changes_the_shape_and_not_the_meaning(made):
    oip = made(variations=["details_errors_as_an_object"])
    assert isinstance(oip.ask("POST", "/customers", {"data": {}}).refused(400), dict)


def test_a_replacement_of_what_does_not_exist_is_an_error(oip):
    server = oip.application.server
    with pytest.raises(UnknownPoint):
        server.replace(Promotions, "window_is_opened", lambda *_: True)
    with pytest.raises(UnknownPoint):
        server.replace(Register, "named", lambda *_: True)  # type: ignore[arg-type]


def test_a_replacement_gets_the_rule_that_stood_there(oip):
    server: ReferenceServer = oip.application.server
    kept = server.replace(Promotions, "limit_is_left", lambda _part, *rest: not kept(*rest))
    member = oip.new_member()["id"]
    oip.redeem("open", member).refused(400)


def test_a_shaper_rewrites_every_answer_and_spoils_nothing_that_is_kept(oip):
    def shaper(_request, _call, answer):
        if isinstance(answer.body, dict) and "data" in answer.body:
            for promotion in answer.body["data"]["promotions"]:
                promotion["available"] = "perhaps"
        return Answer(answer.status, answer.body, (*answer.headers, ("x-shaped", "yes")), answer.media_type)

    member = oip.new_member()["id"]
    oip.application.server.shape(shaper)
    shaped = oip.ask("GET", f"/customers/id/{member}")
    assert shaped.json["data"]["promotions"][0]["available"] == "perhaps"
    assert oip.ask("GET", "/no-such-path").headers["x-shaped"] == "yes"
    oip.application.server.shapers.clear()
    assert oip.ask("GET", f"/customers/id/{member}").json["data"]["promotions"][0]["available"] is True


def test_a_wrapper_surrounds_the_whole_exchange(oip):
    def wrapper(inner):
        async def exchange(scope, receive, send):
            async def teapot(message):
                await send({**message, "status": 418} if message["type"] == "http.response.start" else message)

            await inner(scope, receive, teapot)

        return exchange

    oip.application.server.wrap(wrapper)
    oip.application.connect()
    assert oip.ask("GET", "/stores").status == 418


def test_names_are_unique_and_every_deviation_explains_itself():
    register = Register("defect")
    register.add("lies", "limits", ())(_lie)
    with pytest.raises(ValueError, match="twice"):
        register.add("lies", "limits", ())(_lie)
    with pytest.raises(ValueError, match="does not say"):
        register.add("is_silent", "limits", ())(lambda server: None)
    with pytest.raises(UnknownDeviation, match="did you mean lies"):
        register.named("lie")
    assert all(deviation.summary for known in (DEFECTS, VARIATIONS) for deviation in known)
    assert all(deviation.breaks for deviation in DEFECTS)


def _lie(_server: ReferenceServer) -> None:
    """It lies."""
