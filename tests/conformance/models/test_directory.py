"""The customer directory against a model: any sequence of creations, updates and reads is answered as one directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oip_conformance.scenario import NotTested, Oip, level, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_shown
from oip_conformance.scenario.members import Way
from oip_conformance.scenario.walking import Rule, Walk

STEPS = 160
CHANGEABLE = ("firstName", "lastName", "city", "address")
WAYS: tuple[Way, ...] = ("id", "mobilePhone", "externalId")


@dataclass
class Directory:
    """The model: what every customer should show, by id, and who owns which identifier."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def owner(self, name: str, value: Any) -> str | None:
        """The id of the customer with this identifier."""
        return next((key for key, record in self.records.items() if record.get(name) == value), None)

    def clashes(self, data: dict[str, Any], except_for: str | None = None) -> bool:
        """Whether an identifier in `data` is somebody else's."""
        owners = {self.owner(name, data[name]) for name in ("mobilePhone", "externalId") if name in data}
        return bool(owners - {None, except_for})


class DirectoryWalk(Walk):
    """Creations, updates by both ways and reads by each, now and then with somebody's identifier."""

    name = "directory"
    happenings = (
        "created",
        "creation refused",
        "updated by id",
        "update by id refused",
        "updated by external id",
        "update by external id refused",
        "read by id",
        "read by mobilePhone",
        "read by externalId",
        "nobody read",
    )

    def __init__(self, oip: Oip, seed: int) -> None:
        super().__init__(oip, seed)
        self.model = Directory()

    def rules(self) -> Mapping[Rule, int]:
        """Updates and reads more often than creations."""
        return {self.create: 2, self.update: 4, self.read: 4}

    def create(self) -> str:
        """A creation, now and then with somebody's identifier."""
        data = self.oip.person_data()
        if self.model.records and self.random.random() < 0.4:
            name = self.random.choice(["mobilePhone", "externalId"])
            data[name] = self.random.choice(list(self.model.records.values()))[name]
        if self.model.clashes(data):
            self.oip.try_to_create(data).expect_error(409)
            return "creation refused"
        answer = self.oip.try_to_create(data).expect(201)
        self.model.records[str(answer.at("data", "id"))] = data
        return "created"

    def update(self) -> str:
        """An update by id or external id, now and then with somebody's identifier."""
        key = self.random.choice(list(self.model.records))
        record = self.model.records[key]
        changes = {name: f"{name} {self.random.randrange(1000)}" for name in self.random.sample(CHANGEABLE, 2)}
        if self.random.random() < 0.5:
            other = self.random.choice(list(self.model.records.values()))
            changes["mobilePhone"] = self.random.choice([other["mobilePhone"], self.oip.person_data()["mobilePhone"]])
        by_id = self.random.random() < 0.5
        named = {"id": key} if by_id else {"externalId": record["externalId"]}
        operation, way = ("updateMember", "id") if by_id else ("updateCustomerByExternalId", "external id")
        call = self.oip.call(operation, json={"data": {**named, **changes}})
        if self.model.clashes(changes, except_for=key):
            call.expect_error(409)
            return f"update by {way} refused"
        record.update(changes)
        expect_shown(call.expect(200), call.at("data"), record)
        return f"updated by {way}"

    def read(self) -> str:
        """A reading by a random identifier, of somebody or nobody."""
        way = self.random.choice(WAYS)
        if self.random.random() < 0.2:
            self.oip.find(self.oip.person_data().get(way, NOBODY), by=way).expect_error(404)
            return "nobody read"
        self.check(self.random.choice(list(self.model.records)), way)
        return f"read by {way}"

    def check(self, key: str, way: Way = "id") -> None:
        """A customer found by an identifier is the one the model knows."""
        record = self.model.records[key]
        answer = self.oip.find(key if way == "id" else record[way], by=way).expect(200)
        answer.expect_value(key, "data", "id")
        expect_shown(answer, answer.at("data"), record)


@level("standard")
@requirement("OIP-CUST-45")
def test_the_directory_behaves_as_one_directory(oip: Oip, run_seed: int) -> None:
    """Unique identifiers and merging updates, whatever the order of calls."""
    if oip.profile.customers.update != "merge":
        raise NotTested("the profile says that updates replace; the model merges")
    walk = DirectoryWalk(oip, run_seed)
    walk.create()
    walk.run(STEPS)
    for key in walk.model.records:
        walk.check(key)
