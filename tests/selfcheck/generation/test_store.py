"""The case store: whole or not at all, damaged files are told apart, and what ships fits the contract."""

from __future__ import annotations

import gzip
import re
import time

import pytest

from oip_conformance.contract import load_contract
from oip_conformance.generation.bindings import SAMPLES, fill, references
from oip_conformance.generation.build import LEVELS, wanted
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.drawing import draw, judge
from oip_conformance.generation.store import (
    SHIPPED,
    CaseStore,
    StoreError,
    cache_root,
    file_name,
    read_cases,
    write_cases,
)

DIGEST = "ab" * 32
STALE = "stale: run `python -m oip_conformance.generation.build` and commit src/oip_conformance/generation/store"


@pytest.fixture(scope="module")
def standard():
    return load_contract()


@pytest.fixture
def some(drawings):
    return drawings["createMember"].cases


def test_cases_come_back_as_they_were_kept(tmp_path, some):
    store = CaseStore(shipped=None, cache_directory=tmp_path)

    store.keep(DIGEST, "smoke", 3, some)

    assert store.find(DIGEST, "smoke", 3) == some
    assert store.find(DIGEST, "smoke", 4) is None
    assert store.find(DIGEST, "standard", 3) is None
    assert [path.name for path in tmp_path.iterdir()] == [file_name(DIGEST, "smoke", 3)]


def test_equal_cases_give_equal_bytes(tmp_path, some):
    write_cases(tmp_path / "a", DIGEST, some)
    write_cases(tmp_path / "b", DIGEST, some)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def damages():
    yield "empty", lambda data: b""
    yield "cut", lambda data: data[: len(data) // 2]
    yield "no gzip", lambda data: b"not gzip at all"
    yield "a byte changed", lambda data: data[:40] + bytes([data[40] ^ 0xFF]) + data[41:]
    yield "a line missing", lambda data: gzip.compress(b"\n".join(gzip.decompress(data).splitlines()[:-1]))
    yield "no JSON", lambda data: gzip.compress(b"{nothing}\n")
    yield "another value", lambda data: gzip.compress(b"[1]\n")
    yield "no header", lambda data: gzip.compress(b"\n".join(gzip.decompress(data).splitlines()[1:]))
    yield "another format", lambda data: gzip.compress(gzip.decompress(data).replace(b'"format":1', b'"format":99'))
    yield "another operation", lambda data: gzip.compress(gzip.decompress(data).replace(DIGEST.encode(), b"cd" * 32))
    yield "a case cut", lambda data: gzip.compress(gzip.decompress(data).replace(b'"operation"', b'"operatoin"', 1))


@pytest.mark.parametrize(("name", "damage"), list(damages()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_damaged_cache_file_is_forgotten_and_a_damaged_shipped_file_is_a_coded_error(tmp_path, some, name, damage):
    path = tmp_path / file_name(DIGEST, "smoke", 0)
    write_cases(path, DIGEST, some)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(StoreError, match="cannot be read") as problem:
        CaseStore(shipped=tmp_path, cache_directory=tmp_path / "cache").find(DIGEST, "smoke", 0)
    assert CaseStore(shipped=None, cache_directory=tmp_path).find(DIGEST, "smoke", 0) is None

    assert (problem.value.code, "oip_conformance.generation.build" in problem.value.hint) == ("GEN-03", True)
    assert not path.exists(), name


def test_a_cache_that_cannot_be_written_is_no_problem(tmp_path, some):
    (tmp_path / "file").write_text("in the way")
    store = CaseStore(shipped=None, cache_directory=tmp_path / "file" / "cache")

    store.keep(DIGEST, "smoke", 0, some)

    assert store.find(DIGEST, "smoke", 0) is None


def test_the_cache_is_where_the_variable_says(own_cache):
    assert cache_root() == own_cache
    assert CaseStore().cache.parent == own_cache


def test_the_shipped_cases_fit_the_contract():
    assert {path.name for path in SHIPPED.glob("*.ndjson.gz")} == set(wanted()), STALE


def test_the_shipped_cases_are_what_would_be_drawn_today(standard):
    for name in ("createMember", "getCustomerById", "report1", "redeemPromotion", "importFile"):
        operation = standard.operation(name)
        shipped = CaseStore().find(request_digest(standard, operation), "smoke", 0)
        assert shipped == draw(standard, operation, "smoke", 0).cases, STALE.replace("build`", "build --all`")


def test_every_shipped_case_holds_what_it_means(standard):
    store = CaseStore()
    for operation in standard.operations.values():
        for case in store.find(request_digest(standard, operation), "standard", 0):
            assert references(fill(case, SAMPLES)) == frozenset()
            if case.method == operation.method:
                assert bool(judge(standard, operation, case)) == (case.intent == "invalid"), (STALE, case)


def test_the_shipped_store_is_small_and_read_in_well_under_a_second(standard):
    files = [(path, digest) for name, (_, _, _, digest) in wanted().items() for path in [SHIPPED / name]]
    started = time.perf_counter()
    count = sum(len(read_cases(path, digest)) for path, digest in files)
    elapsed = time.perf_counter() - started

    assert sum(path.stat().st_size for path, _ in files) < 3_000_000
    assert elapsed < 1.5
    assert count > 6_000


def test_every_operation_has_enough_cases_of_each_level(standard):
    store = CaseStore()
    sizes = {
        level: {
            operation.id: len(store.find(request_digest(standard, operation), level, 0))
            for operation in standard.operations.values()
        }
        for level in LEVELS
    }

    assert 600 <= sum(sizes["smoke"].values()) <= 900
    assert 6_500 <= sum(sizes["standard"].values()) <= 9_000
    assert min(sizes["smoke"].values()) >= 2
    assert all(sizes["standard"][name] >= count for name, count in sizes["smoke"].items())


def test_no_shipped_write_uses_a_phone_number_or_address_that_is_not_the_profiles(standard):
    store, numbers = CaseStore(), re.compile(rb'"(?:mobilePhone|phoneNumber)":\s*"(\+[1-9][0-9]{6,14})"')
    addresses = re.compile(rb'"email":\s*"([^"]+@[^"]+)"')
    for operation in standard.operations.values():
        if operation.effect == "read":
            continue
        for case in store.find(request_digest(standard, operation), "standard", 0):
            assert not numbers.findall(case.body or b""), case
            assert operation.id == "importBody" or not addresses.findall(case.body or b""), case
            assert "%2B" not in case.path or case.intent == "invalid", case


def test_no_shipped_case_asks_for_consent(standard):
    given = re.compile(rb'"accepts(?:Email|Sms)":\s*true')
    for operation in standard.operations.values():
        for case in CaseStore().find(request_digest(standard, operation), "standard", 0):
            assert not given.search(case.body or b""), case
