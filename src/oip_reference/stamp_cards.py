"""Stamp cards: how many clips each member has, adding them by hand, and handing them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.seed_loyalty import sandbox_cards, sandbox_products
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.storage.clip_records import ClipRecords
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class StampCards(Domain):
    """Every member has every active card of the account; a card holds from no clips to its `total`."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.records = server.part(ClipRecords)
        self.catalogue = server.part(CatalogueRecords)

    # operations

    @handles("stampCard1")
    def stamp_cards(self, call: Call) -> Answer:
        return Answer(200, self.listed(self.members.named(call, call.path["customerId"])))

    @handles("addClips")
    def add_clips(self, call: Call) -> Answer:
        """Our reading: one clip when `itemCount` is not given; clips that do not fit on the card are a conflict."""
        card = self.card_named(call, call.body["id"])
        member = self.members.named(call, call.body["memberId"])
        clips = call.body.get("itemCount", 1)
        if not self.is_some(clips):
            raise call.invalid("/itemCount", "must be 1 or more")
        self.change(call, member, card, clips)
        return Answer(200)

    @handles("updateAchivement", "updateAchievement")
    def adjust(self, call: Call) -> Answer:
        """Our reading: an achievement is a stamp card; an adjustment below zero takes clips away."""
        card = self.card_named(call, call.body["id"])
        member = self.members.named(call, call.body["customerId"])
        self.change(call, member, card, call.body.get("adjustmentAmount", 1))
        return Answer(200)

    @handles("transferClips")
    def transfer(self, call: Call) -> Answer:
        card = self.card_named(call, call.body["loyaltycardId"])
        giver = self.members.named(call, call.body["fromCustomerId"])
        receiver = self.members.named(call, call.body["toCustomerId"])
        clips = call.body["clipCount"]
        if not self.is_some(clips):
            raise call.invalid("/clipCount", "must be 1 or more")
        if self.is_same_person(giver, receiver):
            raise call.invalid("/toCustomerId", "must be another customer than fromCustomerId")
        if not self.has_enough(giver, card, clips):
            raise call.invalid("/clipCount", "is more than the giver has")
        if not self.has_room(receiver, card, clips):
            raise call.invalid("/clipCount", "does not fit on the receiver's card")
        self.take(giver, card, clips)
        self.give(receiver, card, clips)
        return Answer(200)

    @handles("getLoyaltyCardProducts")
    def products(self, call: Call) -> Answer:
        return Answer(200, list(map(self.product_document, self.products_of(call.tenant.name).values())))

    # rules

    def cards(self, tenant: str) -> dict[str, dict[str, Any]]:
        """The active cards of an account by id."""
        return self.catalogue.items(tenant, "stampCard")

    def products_of(self, tenant: str) -> dict[str, dict[str, Any]]:
        """The products that count on a card of the account."""
        return self.catalogue.items(tenant, "cardProduct")

    def card_named(self, call: Call, card_id: str) -> dict[str, Any]:
        card = self.cards(call.tenant.name).get(card_id)
        if card is None:
            raise call.not_found("There is no such card.")
        return card

    def counts(self, member: Member) -> dict[str, int]:
        return self.records.counts(member.tenant, member.id)

    def clips_left(self, member: Member, card: dict[str, Any]) -> int:
        """The clips a member has on a card."""
        return self.counts(member).get(card["id"], 0)

    def is_some(self, clips: int) -> bool:
        return clips >= 1

    def is_same_person(self, giver: Member, receiver: Member) -> bool:
        return giver.id == receiver.id

    def has_enough(self, member: Member, card: dict[str, Any], clips: int) -> bool:
        return clips <= self.clips_left(member, card)

    def has_room(self, member: Member, card: dict[str, Any], clips: int) -> bool:
        return self.clips_left(member, card) + clips <= int(card["total"])

    def change(self, call: Call, member: Member, card: dict[str, Any], clips: int) -> None:
        """Adds clips to one card of one member, or takes them; refuses with 409 what would leave the card's range."""
        if not self.has_room(member, card, clips):
            raise Refused(409, "So many clips do not fit on the card.")
        if not self.has_enough(member, card, -clips):
            raise Refused(409, "There are not so many clips on the card.")
        self.give(member, card, clips)

    def count_purchase(self, member: Member, product: str | None, pieces: int) -> None:
        """Adds a clip for each piece of a product that counts, while there is room; a return takes clips back."""
        counting = self.products_of(member.tenant).get(product or "")
        if counting is None:
            return
        card = self.cards(member.tenant)[counting["stampCardId"]]
        held = self.clips_left(member, card)
        self.give(member, card, max(0, min(int(card["total"]), held + pieces)) - held)

    def give(self, member: Member, card: dict[str, Any], clips: int) -> None:
        self.records.add(member.tenant, member.id, card["id"], clips)

    def take(self, member: Member, card: dict[str, Any], clips: int) -> None:
        self.records.add(member.tenant, member.id, card["id"], -clips)

    # documents

    def listed(self, member: Member) -> list[dict[str, Any]]:
        """The cards of a member in their order, each with its clips."""
        counts = self.counts(member)
        return [{**card, "count": counts.get(card["id"], 0)} for card in self.cards(member.tenant).values()]

    def product_document(self, product: dict[str, Any]) -> dict[str, Any]:
        return {"productId": product["id"], **{key: value for key, value in product.items() if key != "id"}}

    def seed(self, tenant: Tenant) -> None:
        for position, card in enumerate(sandbox_cards(tenant)):
            self.catalogue.put(tenant.name, "stampCard", card, position)
        for position, product in enumerate(sandbox_products(tenant)):
            self.catalogue.put(tenant.name, "cardProduct", product, position)
