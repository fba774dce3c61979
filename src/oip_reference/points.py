"""Points: booking them, balances, and the bonus transactions that explain a balance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oip_reference.bonus_rules import BY_HAND, REGISTERING, BonusRules
from oip_reference.clock import iso_milliseconds, iso_seconds, moment_of
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.point_amounts import exact, hundredths, is_bookable, number, text
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.storage.member_records import Member
from oip_reference.storage.point_records import Booking, Entry, PointRecords, Sums

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

RETURN_PERIOD: Final = timedelta(days=14)
"""How long the points of a purchase are pending: goods may come back as long."""

YEARS_OF_LIFE: Final = 3
"""Points expire at the end of the year that is this many years, less one, after the one they were booked in."""


class Points(Domain):
    """Active + pending = points; points + expired = total; each is a sum over one ledger."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.rules = server.part(BonusRules)
        self.records = server.part(PointRecords)
        self.catalogue = server.part(CatalogueRecords)
        self.members.welcomes.append(self.welcome)

    # operations

    @handles("bonusImport")
    def import_activity(self, call: Call) -> Answer:
        activity = call.body
        member = self.members.named(call, activity["externalId"])
        return self._activity(call, member, activity["activity"], activity)

    @handles("addBonusPointsByActivity")
    def add_by_activity(self, call: Call) -> Answer:
        """Our reading of a free body: it may hold `activityValue` and `activityDate`, as bonusImport has them."""
        member = self.members.named(call, call.path["customerId"])
        return self._activity(call, member, call.path["activityId"], call.body if isinstance(call.body, dict) else {})

    @handles("bonusAddRewardPoints")
    def add_reward_points(self, call: Call) -> Answer:
        """Our reading: `externalId` names the member, as in bonusImport."""
        points, identifier = exact(call.body["points"]), call.body.get("externalId")
        self.check_reward(call, points)
        if identifier is None:
            raise call.invalid("/externalId", "is required: it names the member who gets the points")
        member = self.members.named(call, identifier)
        self.book(
            call.tenant,
            self.booking(
                member,
                points,
                BY_HAND,
                call.now,
                value=call.body["points"],
                extra={"description": call.body["description"]},
            ),
        )
        echo = {"activity": BY_HAND, "activityDate": call.now.date().isoformat(), "activityValue": call.body["points"]}
        return Answer(200, {"externalId": identifier, **echo})

    @handles("getBonusTransactions")
    def bonus_transactions(self, call: Call) -> Answer:
        return Answer(200, {"transactions": self.listed(self.members.named(call, call.path["customerId"]))})

    def _activity(self, call: Call, member: Member, activity_id: str, given: dict[str, Any]) -> Answer:
        rule = self.rules.named(call.tenant.name, activity_id)
        if rule is None:
            raise call.not_found("There is no such activity.")
        value, occurred = self.activity_value(call, given), self.activity_date(call, given)
        points = self.rules.points(rule, value)
        if not is_bookable(points):
            raise call.invalid("/activityValue", "is too large")
        booking = self.booking(
            member, points, activity_id, call.now, value=float(value), occurred=occurred, activity=activity_id
        )
        self.book(call.tenant, booking)
        return Answer(200, [self.activity_result(member, booking, call.now)])

    # rules

    def check_reward(self, call: Call, points: Decimal) -> None:
        if points < 0 or not is_bookable(points):
            raise call.invalid("/points", "must be between 0 and 1000000000")
        if points * 100 != hundredths(points):
            raise call.invalid("/points", "may have two decimals at most")

    def activity_value(self, call: Call, given: dict[str, Any]) -> Decimal:
        """How much of an activity there was: 1 when nothing is said."""
        value = given.get("activityValue", 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise call.invalid("/activityValue", "must be a number, not below 0")
        return exact(value)

    def activity_date(self, call: Call, given: dict[str, Any]) -> str:
        """When an activity took place: now, unless it is said."""
        raw = given.get("activityDate")
        if raw is None:
            return iso_seconds(call.now)
        try:
            return iso_seconds(datetime.fromisoformat(raw))
        except (TypeError, ValueError):
            raise call.invalid("/activityDate", "must look like 2022-07-01") from None

    def booking(self, member: Member, points: Decimal, rule: str, now: datetime, **details: Any) -> Booking:
        """A booking of today, due at once unless `details` say otherwise."""
        made: dict[str, Any] = {"occurred": iso_seconds(now), "due": now, "expires": self.expiry(now), **details}
        return Booking(member=member.id, amount=hundredths(points), rule=rule, booked=now, **made)

    def book(self, tenant: Tenant, booking: Booking) -> None:
        """Puts a booking into the ledger; one of no points leaves no trace."""
        if booking.amount:
            self.records.book(tenant.name, booking)

    def due_after_purchase(self, now: datetime) -> datetime:
        return now + RETURN_PERIOD

    def expiry(self, booked: datetime) -> datetime:
        return datetime(booked.year + YEARS_OF_LIFE, 1, 1, tzinfo=UTC)

    def sums(self, member: Member, now: datetime) -> Sums:
        return self.records.sums(member.tenant, member.id, now)

    def next_change(self, member: Member, now: datetime) -> datetime:
        """When the passing of time alone next changes the balance."""
        until = self.sums(member, now).until
        return datetime.max.replace(tzinfo=UTC) if until is None else moment_of(until)

    def pending(self, sums: Sums) -> int:
        """What is not due yet; a return takes from it first, and never makes it less than nothing."""
        return max(0, sums.pending)

    def welcome(self, tenant: Tenant, member: Member, now: datetime) -> None:
        """A new member gets the points of joining."""
        points = self.rules.registration_points(tenant.name)
        self.book(tenant, self.booking(member, points, REGISTERING, now, activity=REGISTERING))

    # documents

    def balance(self, member: Member, now: datetime) -> dict[str, Any]:
        """The five numbers of a customer's `loyalty`."""
        sums = self.sums(member, now)
        points, pending = sums.total - sums.expired, self.pending(sums)
        return {
            "points": number(points),
            "pointsActive": number(points - pending),
            "pointsPending": number(pending),
            "pointsExpired": number(sums.expired),
            "pointsTotal": number(sums.total),
        }

    def activity_result(self, member: Member, booking: Booking, now: datetime) -> dict[str, str]:
        """What an import answers: the balance after it, in texts."""
        balance = self.balance(member, now)
        return {
            "status": "1",
            "statusText": "OK",
            "points": str(balance["points"]),
            "totaltPoints": str(balance["pointsTotal"]),
            "activityPoints": text(booking.amount),
        }

    def listed(self, member: Member) -> list[dict[str, Any]]:
        return [self.document(member, entry) for entry in self.records.entries(member.tenant, member.id)]

    def document(self, member: Member, entry: Entry) -> dict[str, Any]:
        """One booking as a bonus transaction."""
        store = self.catalogue.items(member.tenant, "store").get(entry.store or "")
        return {
            "id": entry.number,
            "transactionDate": entry.occurred[:10],
            "transactionDateTime": entry.occurred,
            "customerId": member.id,
            "externalCustomerId": member.external_id,
            "affiliateId": entry.store,
            "affiliateName": None if store is None else store["name"],
            "ruleId": entry.rule,
            "ruleName": self.rules.name_of(member.tenant, entry.rule),
            "activityId": entry.activity,
            "acitvityName": entry.activity and self.rules.name_of(member.tenant, entry.activity),
            "dataId": entry.receipt,
            "dataLineId": entry.line,
            "value": entry.value,
            "points": number(entry.amount),
            "pointsCreatedDateTime": iso_milliseconds(moment_of(entry.booked)).removesuffix("Z"),
            "extendedProperties": entry.extra,
        }
