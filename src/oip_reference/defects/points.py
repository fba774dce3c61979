"""Defects of points: what is booked, to whom, and what the balance says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.defects.concurrency import traffic_of
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.members import Members
from oip_reference.points import Points
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.point_records import Booking
    from oip_reference.tenancy.tenant import Tenant

_BOOKED = ("OIP-LOY-02", "OIP-LOY-05", "OIP-LOY-25")
_IMPORTED = ("OIP-LOY-06", "OIP-LOY-07")
_BALANCES = ("OIP-LOY-0*", "OIP-LOY-25", "OIP-LOY-29", "OIP-LOY-31")


def _balance(server: ReferenceServer, change: Any) -> None:
    """Every balance is what `change(balance)` makes of it, in place."""

    def balance(_part: Points, member: Member, now: datetime) -> dict[str, Any]:
        made: dict[str, Any] = kept(member, now)
        change(made)
        return made

    kept = server.replace(Points, "balance", balance)


def _booking(server: ReferenceServer, *rules: str, change: Any) -> None:
    """Bookings by these rules (none: all) are what `change(booking)` makes of them."""

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        kept(tenant, change(booking) if not rules or booking.rule in rules else booking)

    kept = server.replace(Points, "book", book)


def _newest_but(server: ReferenceServer, member: str) -> str | None:
    """The id of the member who joined last, this one left out."""
    row = server.database.row("SELECT id FROM member WHERE id<>? ORDER BY created DESC LIMIT 1", member)
    return row[0] if row else None


@defect("points_of_a_purchase_are_active_at_once", breaks="OIP-LOY-01", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """What is pending counts as active as well, so that the two make more than the balance."""
    _balance(server, lambda made: made.update(pointsActive=made["points"]))


@defect("points_by_hand_are_not_active", breaks="OIP-LOY-01", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """The active points stay at what joining gave, while the balance rises."""
    _balance(server, lambda made: made.update(pointsActive=min(30, made["pointsActive"])))


@defect("the_total_stops_at_a_thousand", breaks="OIP-LOY-01", family="arithmetic", also=_BALANCES)
def _(server: ReferenceServer) -> None:
    """pointsTotal is never more than 1000."""
    _balance(server, lambda made: made.update(pointsTotal=min(1000, made["pointsTotal"])))


@defect("points_are_booked_twice", breaks="OIP-LOY-02", family="duplicated", also=_BOOKED)
def _(server: ReferenceServer) -> None:
    """Points that are added by hand are booked two times."""
    _booking(server, "BY-HAND", change=lambda booking: booking._replace(amount=2 * booking.amount))


@defect("points_are_cut_to_whole_ones", breaks="OIP-LOY-02", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """Half a point is answered 200 and booked as none."""
    _booking(server, "BY-HAND", change=lambda booking: booking._replace(amount=booking.amount // 100 * 100))


@defect("no_more_than_a_thousand_points_are_booked", breaks="OIP-LOY-02", family="rare", also=_BOOKED)
def _(server: ReferenceServer) -> None:
    """Of more than 1000 points only 1000 are booked, and the answer is 200."""
    _booking(server, "BY-HAND", change=lambda booking: booking._replace(amount=min(100_000, booking.amount)))


@defect(
    "a_member_gets_points_by_hand_once",
    breaks="OIP-LOY-02",
    family="lost",
    also=(*_BALANCES, "OIP-ISO-06", "OIP-CORE-22"),
)
def _(server: ReferenceServer) -> None:
    """Points by hand are booked to a member once; all later ones are answered 200 and lost."""

    def book(part: Points, tenant: Tenant, booking: Booking) -> None:
        entries = part.records.entries(tenant.name, booking.member)
        if booking.rule != "BY-HAND" or sum(entry.rule == "BY-HAND" for entry in entries) != 1:
            kept(tenant, booking)

    kept = server.replace(Points, "book", book)


@defect("points_named_by_phone_go_to_nobody", breaks="OIP-LOY-02", family="lost", also=("OIP-LOY-25",))
def _(server: ReferenceServer) -> None:
    """Points for a member who is named by mobile phone are answered 200 and booked to nobody."""

    def add(_part: Points, call: Call) -> Answer:
        answer: Answer = kept(call)
        if str(call.body.get("externalId")).startswith("+"):
            server.database.undo()
        return answer

    kept = server.replace(Points, "add_reward_points", add)


@defect("points_also_go_to_the_newest_member", breaks="OIP-LOY-03", family="state", also=("OIP-LOY-25", "OIP-LOY-05"))
def _(server: ReferenceServer) -> None:
    """Points by hand are booked to the member named, and to whoever joined last."""

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        kept(tenant, booking)
        newest = _newest_but(server, booking.member)
        if booking.rule == "BY-HAND" and newest is not None:
            kept(tenant, booking._replace(member=newest))

    kept = server.replace(Points, "book", book)


@defect("imported_points_go_to_the_newest_member", breaks="OIP-LOY-03", family="state", also=_IMPORTED)
def _(server: ReferenceServer) -> None:
    """The points of an imported activity are booked to whoever joined last instead of the member named."""

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        newest = _newest_but(server, booking.member) if booking.activity == "20" else None
        kept(tenant, booking if newest is None else booking._replace(member=newest))

    kept = server.replace(Points, "book", book)


def _for_nobody(server: ReferenceServer, answer: Callable[[Call, Refused], Answer]) -> None:
    """Points for nobody: `answer(call, refusal)`."""

    def add(_part: Points, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail == "There is no such member." or "externalId" in str(refusal.detail):
                return answer(call, refusal)
            raise

    kept = server.replace(Points, "add_reward_points", add)


@defect("points_for_nobody_are_answered_200", breaks="OIP-LOY-04", family="validation", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Points for a member that nobody is, or for none at all, are answered 200 and booked nowhere."""
    _for_nobody(server, lambda _call, _refusal: Answer(200, {}))


@defect("points_without_a_member_go_to_the_newest", breaks="OIP-LOY-04", family="state")
def _(server: ReferenceServer) -> None:
    """Points without a member are answered 400, but the member who joined last has them."""

    def answer(call: Call, refusal: Refused) -> Answer:
        points, newest = server.part(Points), _newest_but(server, "")
        member = server.part(Members).by_id(call.tenant.name, newest or "")
        if "externalId" not in call.body and member is not None:
            points.book(call.tenant, points.booking(member, Decimal(7), "BY-HAND", call.now))
            server.database.keep()
        raise refusal

    _for_nobody(server, answer)


@defect("points_for_nobody_are_not_found", breaks="OIP-LOY-04", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """Points for a member that nobody is are answered 404, which is not published."""

    def answer(_call: Call, refusal: Refused) -> Answer:
        raise Refused(404, refusal.detail)

    _for_nobody(server, answer)


@defect("parallel_bookings_lose_points", breaks="OIP-LOY-05", family="concurrency")
def _(server: ReferenceServer) -> None:
    """Of points that are added at the same moment only the last are booked."""
    traffic = traffic_of(server, "POST", "/v4/loyalty/bonus/addRewardPoints")

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        if booking.rule != "BY-HAND" or traffic.now <= 1:
            kept(tenant, booking)

    kept = server.replace(Points, "book", book)


@defect("parallel_bookings_of_equal_points_are_one", breaks="OIP-LOY-05", family="concurrency")
def _(server: ReferenceServer) -> None:
    """A booking is taken for a repetition of another that is under way."""
    traffic = traffic_of(server, "POST", "/v4/loyalty/bonus/addRewardPoints")
    turn = count()

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        if booking.rule != "BY-HAND" or traffic.now <= 1 or next(turn) % 3:
            kept(tenant, booking)

    kept = server.replace(Points, "book", book)


@defect(
    "an_activity_is_answered_but_not_booked",
    breaks="OIP-LOY-06",
    family="lost",
    also=("OIP-LOY-03", "OIP-LOY-07", "OIP-LOY-27"),
)
def _(server: ReferenceServer) -> None:
    """bonusImport answers the points that were earned, and they are never in the balance."""

    def imported(_part: Points, call: Call) -> Answer:
        answer: Answer = kept(call)
        server.database.undo()
        return answer

    kept = server.replace(Points, "import_activity", imported)


@defect("an_activity_counts_up_to_a_hundred", breaks="OIP-LOY-06", family="rare")
def _(server: ReferenceServer) -> None:
    """An activity of more than 100 units is answered with all its points and booked with those of 100."""

    _booking(server, "20", change=lambda booking: booking._replace(amount=min(8000, booking.amount)))


@defect("an_activity_is_booked_twice", breaks="OIP-LOY-06", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The points of an activity are booked two times."""
    _booking(server, "20", "21", change=lambda booking: booking._replace(amount=2 * booking.amount))


@defect("an_activity_answers_the_balance_before", breaks="OIP-LOY-07", family="stale")
def _(server: ReferenceServer) -> None:
    """points and totaltPoints in the answer of an activity are those before it."""

    def change(value: Any, _call: Call) -> Any:
        earned = float(value[0]["activityPoints"])
        return [
            {**value[0], **{name: f"{float(value[0][name]) - earned:g}" for name in ("points", "totaltPoints")}},
            *value[1:],
        ]

    rewrite(server, "bonusImport", body=change)


@defect("the_total_of_an_activity_leaves_out_other_points", breaks="OIP-LOY-07", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """totaltPoints in the answer of an activity is what this activity earned."""
    rewrite(
        server,
        "bonusImport",
        body=lambda value, _call: [{**one, "totaltPoints": one["activityPoints"]} for one in value],
    )


@defect("an_unknown_activity_earns_nothing", breaks="OIP-LOY-08", family="validation")
def _(server: ReferenceServer) -> None:
    """An activity that is not known is answered 200 with no points."""

    def imported(_part: Points, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail != "There is no such activity.":
                raise
            nothing = {
                "status": "0",
                "statusText": "Unknown",
                "points": "0",
                "totaltPoints": "0",
                "activityPoints": "0",
            }
            return Answer(200, [nothing])

    kept = server.replace(Points, "import_activity", imported)


@defect("an_activity_is_known_by_its_beginning", breaks="OIP-LOY-08", family="validation")
def _(server: ReferenceServer) -> None:
    """A mistyped activity counts as the one whose name it begins with."""

    def imported(_part: Points, call: Call) -> Answer:
        call.body["activity"] = call.body["activity"][:2]
        return kept(call)

    kept = server.replace(Points, "import_activity", imported)


@defect("an_unknown_activity_is_a_bad_request", breaks="OIP-LOY-08", family="status")
def _(server: ReferenceServer) -> None:
    """An activity that is not known is answered 400, although 404 is published."""
    _refused_otherwise(server, "There is no such activity.")


@defect("an_activity_of_nobody_is_a_bad_request", breaks="OIP-LOY-09", family="status")
def _(server: ReferenceServer) -> None:
    """An activity of a member that nobody is is answered 400, although 404 is published."""
    _refused_otherwise(server, "There is no such member.")


def _refused_otherwise(server: ReferenceServer, detail: str) -> None:
    def imported(_part: Points, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            raise (Refused(400, detail) if refusal.detail == detail else refusal) from None

    kept = server.replace(Points, "import_activity", imported)


@defect("an_activity_of_nobody_is_taken", breaks="OIP-LOY-09", family="validation")
def _(server: ReferenceServer) -> None:
    """An activity of a member that nobody is is answered 200 with an empty list."""

    def imported(_part: Points, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail != "There is no such member.":
                raise
            return Answer(200, [])

    kept = server.replace(Points, "import_activity", imported)


@defect("every_fifth_booking_is_lost", breaks="OIP-LOY-25", family="rare", also=("OIP-LOY-05",))
def _(server: ReferenceServer) -> None:
    """Of the bookings by hand of one member every fifth is answered 200 and lost."""
    turns: Counter[str] = Counter()

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        turns[booking.member] += booking.rule == "BY-HAND"
        if booking.rule != "BY-HAND" or turns[booking.member] % 5:
            kept(tenant, booking)

    kept = server.replace(Points, "book", book)
