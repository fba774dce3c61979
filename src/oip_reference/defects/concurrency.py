"""Defects that show only when calls come at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oip_reference.customer_rules import CustomerRules
from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.server import Exchange, Message, Receive, ReferenceServer, Send
from oip_reference.storage.member_records import MemberRecords

if TYPE_CHECKING:
    from oip_reference.http.answer import Answer
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.promotion_records import Assignment, Promotion


@dataclass
class Traffic:
    """How many requests of one kind are under way, and how many were at most since none was."""

    now: int = 0
    most: int = 0


def traffic_of(server: ReferenceServer, method: str, path: str) -> Traffic:
    """Counts requests of a method to a path while they are under way, and keeps each there for a moment."""
    traffic = Traffic()

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            if scope["method"] != method or scope["path"] != path:
                await inner(scope, receive, send)
                return
            traffic.now += 1
            traffic.most = max(traffic.most, traffic.now)
            try:
                await asyncio.sleep(0.01)
                await inner(scope, receive, send)
            finally:
                traffic.now -= 1
                traffic.most = traffic.most if traffic.now else 0

        return exchange

    server.wrap(wrapper)
    return traffic


@defect("parallel_registrations_share_a_number", breaks="OIP-CUST-43", family="concurrency", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """Whether a number is free is checked before, not while it is taken, so that two at once both get it."""
    server.database.define("DROP INDEX member_phone; DROP INDEX member_external;")
    traffic = traffic_of(server, "POST", "/v4/customers")
    kept: Callable[[Member], None] = server.replace(
        CustomerRules, "check_identifiers_are_free", lambda _part, member: None if traffic.now > 1 else kept(member)
    )


@defect("of_parallel_updates_the_last_counts", breaks="OIP-CUST-44", family="concurrency", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """Of updates of one customer at the same moment only the last is stored."""
    traffic = traffic_of(server, "PUT", "/v4/customers")
    kept: Callable[[Member], None] = server.replace(
        MemberRecords, "save", lambda _part, member: None if traffic.now > 1 else kept(member)
    )


@defect("parallel_redemptions_pass_the_limit", breaks="OIP-PROMO-37", family="concurrency")
def _(server: ReferenceServer) -> None:
    """Redemptions at the same moment all see that one use is left."""
    traffic = traffic_of(server, "POST", "/v4/promotions/redeem")
    kept: Callable[[Promotion, Assignment], bool] = server.replace(
        Promotions, "limit_is_left", lambda _part, promotion, used: traffic.now > 1 or kept(promotion, used)
    )


@defect("parallel_redemptions_are_counted_once", breaks="OIP-PROMO-37", family="concurrency", also=("OIP-PROMO-3*",))
def _(server: ReferenceServer) -> None:
    """Of redemptions at the same moment only the last raises the count."""
    traffic = traffic_of(server, "POST", "/v4/promotions/redeem")
    kept: Callable[[Member, Promotion], None] = server.replace(
        Redemptions, "count", lambda _part, member, promotion: None if traffic.now > 1 else kept(member, promotion)
    )


@defect(
    "parallel_creations_get_one_id",
    breaks="OIP-CUST-02",
    family="concurrency",
    also=("OIP-CORE-*", "OIP-CUST-43", "OIP-POS-01"),
)
def _(server: ReferenceServer) -> None:
    """Customers created at the same moment are all answered with the id of the first of them."""
    traffic = traffic_of(server, "POST", "/v4/customers")
    latest: list[str] = []

    def answered(_part: Customers, call: Call) -> Answer:
        answer = kept(call)
        if traffic.now > 1 and latest:
            answer.body["data"]["id"] = latest[0]
        latest[:] = [answer.body["data"]["id"]]
        return answer

    kept = server.replace(Customers, "create", answered)
