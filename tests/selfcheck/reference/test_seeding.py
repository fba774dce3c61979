"""Fresh accounts are filled once, and a process that starts many servers fills them once for all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oip_conformance.profile import default_profile
from oip_reference import seed as seeding
from oip_reference.assembly import Settings, assemble
from oip_reference.members import Members
from oip_reference.server import ReferenceServer
from oip_reference.transactions import Transactions

KEYS = {"main": "one", "second": "two"}


@pytest.fixture(autouse=True)
def only_what_the_test_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "_remembered", [])


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tenants whose members' past was written, one entry a time."""
    written: list[str] = []
    kept = Members.enrol

    def enrol(self, tenant, member, at):
        written.append(tenant.name)
        return kept(self, tenant, member, at)

    monkeypatch.setattr(Members, "enrol", enrol)
    return written


def a_server(**settings) -> ReferenceServer:
    return assemble(Settings(settings.pop("keys", KEYS), **settings)).server


def people(server: ReferenceServer) -> set[tuple]:
    return set(server.database.rows("SELECT tenant, id FROM member"))


def test_what_is_remembered_is_not_written_again(seeded):
    first = a_server()
    assert set(seeded) == set(KEYS)
    seeding.remember_seeds(first)
    seeded.clear()
    second = a_server(keys={"main": "other", "second": "keys"}, defects=["accepts_an_expired_promotion"])
    assert seeded == []
    assert people(second) == people(first) != set()
    tables = [name for (name,) in first.database.rows("SELECT name FROM sqlite_master WHERE type='table'")]
    assert {name: first.database.rows(f"SELECT * FROM {name}") for name in tables} == {
        name: second.database.rows(f"SELECT * FROM {name}") for name in tables
    }


def test_servers_that_began_alike_go_on_apart():
    first = a_server()
    seeding.remember_seeds(first)
    second, third = a_server(), a_server()
    second.database.write("DELETE FROM member")
    second.database.keep()
    assert people(second) == set()
    assert people(third) == people(first) == people(a_server())
    assert third.part(Transactions) is not first.part(Transactions)


def test_another_day_other_tenants_and_a_file_are_seeded_for_themselves(seeded, monkeypatch, tmp_path):
    seeding.remember_seeds(a_server())
    profile = default_profile()
    swedish = profile.customers.model_copy(update={"phone_country_code": "+46"})
    like = profile.model_copy(update={"customers": swedish})
    for settings in ({"profile": like}, {"keys": {"main": "one"}}, {"database": tmp_path / "kept.db"}):
        seeded.clear()
        a_server(**settings)
        assert seeded
    tomorrow = seeding._today() + timedelta(days=1)
    monkeypatch.setattr(seeding, "_today", lambda: tomorrow)
    seeded.clear()
    a_server()
    assert set(seeded) == set(KEYS)
