"""The customer directory against a model: any sequence of creations, updates and reads is answered as one directory."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from oip_conformance.scenario import Answer, NotTested, Oip, level, requirement
from oip_conformance.scenario.comparing import expect_shown

STEPS = 60
CHANGEABLE = ("firstName", "lastName", "city", "address", "email")


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


class Walk:
    """A random walk over the directory's operations; the model says what each answer must be."""

    def __init__(self, oip: Oip, seed: int) -> None:
        self.oip = oip
        self.random = random.Random(seed)
        self.model = Directory()
        self.reach: Counter[str] = Counter()

    def create(self) -> None:
        """A creation, now and then with somebody's identifier."""
        data = self.oip.person_data()
        if self.model.records and self.random.random() < 0.3:
            name = self.random.choice(["mobilePhone", "externalId"])
            data[name] = self.random.choice(list(self.model.records.values()))[name]
        clash = self.model.clashes(data)
        answer = self.oip.try_to_create(data).expect(409 if clash else 201)
        self.reach["create refused" if clash else "create"] += 1
        if not clash:
            self.model.records[str(answer.at("data", "id"))] = data

    def update(self) -> None:
        """An update by id or external id, now and then with somebody's identifier."""
        key = self.random.choice(list(self.model.records))
        record = self.model.records[key]
        changes: dict[str, Any] = {
            name: f"{name} {self.random.randrange(1000)}"
            for name in self.random.sample(CHANGEABLE, 2)
            if name != "email"
        }
        if self.random.random() < 0.35:
            other = self.random.choice(list(self.model.records.values()))
            changes["mobilePhone"] = self.random.choice([other["mobilePhone"], self.oip.person_data()["mobilePhone"]])
        by_id = self.random.random() < 0.6
        named = {"id": key} if by_id else {"externalId": record["externalId"]}
        operation = "updateMember" if by_id else "updateCustomerByExternalId"
        clash = self.model.clashes(changes, except_for=key)
        answer = self.oip.call(operation, json={"data": {**named, **changes}}).expect(409 if clash else 200)
        self.reach[f"{operation} {'refused' if clash else 'done'}"] += 1
        if not clash:
            record.update(changes)
            expect_shown(answer, answer.at("data"), record)

    def read(self) -> None:
        """A reading by a random identifier, of somebody or nobody."""
        way = self.random.choice(["id", "mobilePhone", "externalId"])
        if self.random.random() < 0.2:
            nobody = self.oip.person_data()
            self.oip.find(nobody.get(way, "00000000-0000-4000-8000-000000000000"), by=way).expect(404)
            self.reach["nobody read"] += 1
            return
        key = self.random.choice(list(self.model.records))
        record = self.model.records[key]
        answer: Answer = self.oip.find(key if way == "id" else record[way], by=way).expect(200)
        answer.expect_value(key, "data", "id")
        expect_shown(answer, answer.at("data"), record)
        self.reach[f"read by {way}"] += 1


@level("standard")
@requirement("OIP-CUST-45")
def test_the_directory_behaves_as_one_directory(oip: Oip, run_seed: int) -> None:
    """Unique identifiers and merging updates, whatever the order of calls."""
    if oip.profile.customers.update != "merge":
        raise NotTested("the profile says that updates replace; the model merges")
    walk = Walk(oip, run_seed)
    walk.create()
    for _ in range(STEPS):
        walk.random.choices([walk.create, walk.update, walk.read], weights=[2, 4, 4])[0]()
    never = {"create", "create refused", "updateMember done", "updateCustomerByExternalId done", "read by id"} - set(
        walk.reach
    )
    if never:
        raise NotTested(f"the walk of {STEPS} steps never did: {', '.join(sorted(never))}")
