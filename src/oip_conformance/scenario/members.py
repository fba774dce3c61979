"""Words about customers: making them, reading them by each identifier, changing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from oip_conformance.generation.sample import sample_of
from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.signals import Inconclusive, NotApplicable, NotTested
from oip_conformance.scenario.voice import Voice

Way = Literal["id", "mobilePhone", "externalId"]

NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id in the form of the samples that names nothing."""

_TRIES_FOR_A_FREE_NUMBER = 8


@dataclass(frozen=True)
class Member:
    """A customer that a test made: what the target gave it, and what was sent."""

    id: str
    mobile_phone: str
    external_id: str | None
    sent: Mapping[str, Any]

    def identifier(self, way: Way) -> str:
        """The member's identifier of one kind. Raises NotTested when it has none."""
        value = {"id": self.id, "mobilePhone": self.mobile_phone, "externalId": self.external_id}[way]
        if not value:
            raise NotTested(f"the member has no {way}")
        return value


class MemberWords(Voice):
    """Sentences about customers."""

    def try_to_create(self, data: Mapping[str, Any], *, source: Mapping[str, Any] | None = None) -> Answer:
        """Send a creation and return whatever comes back."""
        return self.call("createMember", json={"data": dict(data), "source": dict(source or self.source())})

    def completed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A creation with the fields that this account requires, where they are not in it."""
        data = dict(body["data"]) if isinstance(body.get("data"), Mapping) else {}
        missing = [name for name in self.profile.customers.required if name not in data]
        more = self.person_data() if missing else {}
        return {**body, "data": {**data, **{name: more[name] for name in missing if name in more}}}

    def person_data(self, **changes: Any) -> dict[str, Any]:
        """The `data` of a person nobody has met, as the account wants it; a change to None leaves a field out."""
        data = self.people.next().as_customer()
        for name, schema in self.profile.customers.extended_properties.items():
            data.setdefault("extendedProperties", {})[name] = sample_of(schema)
        return {name: value for name, value in {**data, **changes}.items() if value is not None}

    def create_member(self, **changes: Any) -> Member:
        """A fresh synthetic member of the target, with `changes` to what is usually sent (None leaves a field out).

        Raises Inconclusive when no member at all can be made, which the tests of creating say; and Unmet when only one
        with these changes cannot.
        """
        for _ in range(_TRIES_FOR_A_FREE_NUMBER):
            data = self.person_data(**changes)
            self.require_valid("createMember", {"data": data, "source": self.source()})
            answer = self.try_to_create(data)
            taken = answer.status == 409 and not {"mobilePhone", "externalId", "email"} & set(changes)
            if not taken:
                break
        answer.expect_decided(201)
        if answer.status != 201 and (not changes or self.try_to_create(self.person_data()).status != 201):
            raise Inconclusive(f"no customer could be made for this test: createMember answered {answer.what_came()}")
        return self.member_of(answer.expect(201), data)

    def create_member_with_more(self, more: Mapping[str, Any]) -> tuple[Member, bool]:
        """A member created with fields that no client may set; when that is refused (400), one created without."""
        data = self.person_data()
        answer = self.try_to_create({**data, **more}).expect(201, 400)
        if answer.status == 400:
            return self.create_member(), True
        return self.member_of(answer, data), False

    def member_of(self, answer: Answer, sent: Mapping[str, Any]) -> Member:
        """The member that a creation answered."""
        return Member(str(answer.at("data", "id")), sent["mobilePhone"], sent.get("externalId"), sent)

    def read(self, member: Member, by: Way = "id") -> Answer:
        """Ask for a member by one of its identifiers."""
        return self.find(member.identifier(by), by=by)

    def find(self, identifier: str, by: Way = "id") -> Answer:
        """Ask for whoever has this identifier."""
        if by == "mobilePhone":
            return self.call("getCustomerByMobilePhone", query={"mobilePhone": identifier})
        if by == "externalId":
            return self.call("getCustomerByExternalId", path={"externalId": identifier})
        return self.call("getCustomerById", path={"id": identifier})

    def record_of(self, member: Member, by: Way = "id") -> dict[str, Any]:
        """The `data` of a member as the target has it now. Raises Unmet when it cannot be read."""
        answer = self.read(member, by).expect(200)
        data = answer.at("data")
        if not isinstance(data, dict):
            raise answer.unmet("a customer at /data", repr(data))
        return data

    def update(self, member: Member, **changes: Any) -> Answer:
        """Update a member by its id with these fields of `data`."""
        data = {"id": member.id, **self.resent(member), **changes}
        return self.call("updateMember", json={"data": data, "source": self.source()})

    def update_by_external_id(self, member: Member, **changes: Any) -> Answer:
        """Update a member by its external id with these fields of `data`."""
        data = {"externalId": member.identifier("externalId"), **self.resent(member), **changes}
        return self.call("updateCustomerByExternalId", json={"data": data, "source": self.source()})

    @property
    def updates_merge(self) -> bool:
        """Whether an update leaves what it does not name; the profile may say that it replaces the whole record."""
        return self.profile.customers.update == "merge"

    def require_merging(self) -> None:
        """Make sure that updates merge."""
        if not self.updates_merge:
            raise NotApplicable("the profile says that updates replace the whole record")

    def resent(self, member: Member) -> dict[str, Any]:
        """What every update has to repeat: the required fields, where the account's updates replace the whole record."""
        if self.updates_merge:
            return {}
        known = {**member.sent, "mobilePhone": member.mobile_phone, "externalId": member.external_id}
        return {name: known[name] for name in self.profile.customers.required if known.get(name) is not None}

    def person_id(self, member: Member) -> str:
        """The kind of identifier that the account takes where an operation asks for a person's id."""
        kinds = self.profile.identifiers.customer
        way: Way = "id" if not kinds or "id" in kinds else kinds[0]
        return member.identifier(way)

    def nobody(self) -> str:
        """An identifier of the kind that `person_id` gives, which names nobody."""
        kinds = self.profile.identifiers.customer
        if not kinds or "id" in kinds:
            return NOBODY
        person = self.people.next()
        return person.mobile_phone if kinds[0] == "mobilePhone" else person.external_id

    def recipient(self, operation: str) -> str:
        """A phone number that may be reached by an operation: the profile's, or a synthetic one on this machine.

        Raises NotTested when the profile names none and the target is somebody's real system.
        """
        named = self.profile.safety.external.get(operation)
        if named:
            return named[0]
        if self.target.gate.everything:
            return self.people.next().mobile_phone
        raise NotTested(f"[safety.external] of the profile names no recipient for {operation}")

    def source(self) -> dict[str, Any]:
        """Where a change comes from, as creations and updates say it."""
        stores = self.profile.fixtures.stores
        return {"sourceName": "conformance", **({"storeId": stores[0]} if stores else {})}
