"""Defects of order and of company: a call changes what it is not about, or shows somebody whom it is not about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.stamp_cards import StampCards
from oip_reference.storage.point_records import PointRecords

if TYPE_CHECKING:
    from oip_reference.http.answer import Answer
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member


def _newest_numbers(server: ReferenceServer, tenant: str, but: str = "") -> list[str]:
    """The phone numbers of those who joined last."""
    rows = server.database.rows(
        "SELECT mobile_phone FROM member WHERE tenant=? AND id<>? ORDER BY created DESC LIMIT 3", tenant, but
    )
    return [number for (number,) in rows]


@defect("clips_after_points_count_double", breaks="OIP-CORE-22", family="state", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Clips count twice for a member who was given points before, but not for one who is given them afterwards."""

    def change(part: StampCards, call: Call, member: Member, card: dict[str, Any], clips: int) -> None:
        kept(call, member, card, clips)
        if any(entry.rule == "BY-HAND" for entry in server.part(PointRecords).entries(member.tenant, member.id)):
            part.give(member, card, clips)

    kept = server.replace(StampCards, "change", change)


@defect("an_update_enables_every_promotion", breaks="OIP-CORE-22", family="state", also=("OIP-PROMO-*",))
def _(server: ReferenceServer) -> None:
    """updateMember makes promotions usable again that were disabled for the member."""

    def update(_part: Customers, call: Call) -> Answer:
        answer: Answer = kept(call)
        server.database.write(
            "UPDATE assignment SET enabled=1 WHERE tenant=? AND member=?", call.tenant.name, answer.body["data"]["id"]
        )
        server.database.touch(call.tenant.name, answer.body["data"]["id"])
        return answer

    kept = server.replace(Customers, "update", update)


@defect("the_list_of_stores_names_visitors", breaks="OIP-CORE-23", family="secrets", also=("OIP-ERR-08",))
def _(server: ReferenceServer) -> None:
    """Every store is listed with the phone numbers of those who joined last."""

    def change(value: Any, call: Call) -> Any:
        visitors = _newest_numbers(server, call.tenant.name)
        return [
            {**one, "extendedProperties": {**one.get("extendedProperties", {}), "visitors": visitors}} for one in value
        ]

    rewrite(server, "getStores", body=change)


@defect("an_update_shows_other_customers", breaks="OIP-CORE-23", family="secrets", also=("OIP-CUST-*",))
def _(server: ReferenceServer) -> None:
    """The answer to an update holds the phone numbers of others, as of one household."""

    def change(value: Any, call: Call) -> None:
        value["metaData"]["household"] = _newest_numbers(server, call.tenant.name, value["data"]["id"])

    rewrite(server, "updateMember", body=change)
