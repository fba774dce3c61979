"""Payment: card tokens that name a member, the cards a member has, and the beginning of a registration."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.storage.card_records import Card, CardRecords
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer

REGISTRATION_PAGE: Final = "https://pay.example/register/"
_SCHEMES: Final = ("Visa", "Mastercard", "BankAxept")


class Payment(Domain):
    """Our reading: the member who already has a token may add it again, which changes nothing."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.people = server.part(MemberRecords)
        self.documents = server.part(CustomerDocuments)
        self.records = server.part(CardRecords)

    # operations

    @handles("addPaymentToken")
    def add_token(self, call: Call) -> Answer:
        member = self.members.named(call, call.body["memberId"])
        held = self.card_with(call, call.body["token"])
        if held is None:
            self.attach(call, call.body["token"], member)
        else:
            self.check_holder(held, member)
        return Answer(200)

    @handles("getMemberByPaymentToken")
    def member_by_token(self, call: Call) -> Answer:
        return Answer(200, self.documents.envelope(self.holder(call, call.path["token"]), call.now))

    @handles("getPaymentCards")
    def cards(self, call: Call) -> Answer:
        member = self.members.named(call, call.path["memberId"])
        listed = [self.document(card) for card in self.cards_of(member)]
        return Answer(200, {"data": listed, "metaData": self.documents.meta_data(member)})

    @handles("registerPaymentCard")
    def register(self, call: Call) -> Answer:
        reference = self.members.new_id()
        asked = {"provider": call.body["provider"], "source": call.body["source"]}
        return Answer(200, {"reference": reference, "url": REGISTRATION_PAGE + reference, **asked})

    # rules

    def card_with(self, call: Call, token: str) -> Card | None:
        return self.records.by_token(call.tenant.name, token)

    def check_holder(self, card: Card, member: Member) -> None:
        """Refuses with 409 a token that somebody else has, without saying who."""
        if card.member != member.id:
            raise Refused(409, [{"field": "/token", "message": "belongs to another member"}])

    def attach(self, call: Call, token: str, member: Member) -> None:
        self.records.add(call.tenant.name, token, self.members.new_id(), member.id, call.now)

    def holder(self, call: Call, token: str) -> Member:
        """The member who has the token as a whole; refuses one that nobody has."""
        card = self.card_with(call, token)
        member = None if card is None else self.people.by_id(call.tenant.name, card.member)
        if member is None:
            raise call.not_found("Nobody has this token.")
        return member

    def cards_of(self, member: Member) -> list[Card]:
        return self.records.of_member(member.tenant, member.id)

    def document(self, card: Card) -> dict[str, Any]:
        """A card as it is published. Scheme, digits and expiry are made up, always the same for one token."""
        made = sha256(card.token.encode()).digest()
        name, digits = _SCHEMES[made[0] % len(_SCHEMES)], f"{int.from_bytes(made[1:3]) % 10000:04}"
        expiry = f"{made[3] % 12 + 1:02}/{2030 + made[4] % 5}"
        return {
            "id": card.id,
            "cardId": card.id,
            "token": card.token,
            "cardName": name,
            "cardData": expiry,
            "maskedCardNo": f"**** **** **** {digits}",
            "displayCardName": f"{name} {digits}",
            "displayCardData": f"Expires {expiry}",
        }
