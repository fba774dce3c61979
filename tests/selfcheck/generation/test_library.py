"""The library: cases from the store or drawn in other processes, which never outlive the run."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import weakref

import pytest

from oip_conformance.contract import Contract
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.library import DrawingFailed, Library, cases_for, prefetch
from oip_conformance.generation.store import CaseStore


@pytest.fixture
def store(tmp_path):
    return CaseStore(shipped=None, cache_directory=tmp_path / "drawn")


def children():
    done = os.popen(f"ps -o pid=,args= --ppid {os.getpid()}").read()
    return [line for line in done.splitlines() if "generation.worker" in line]


def test_cases_are_drawn_in_another_process_kept_and_found_again(contract, store, drawings):
    operation, told = contract.operation("createMember"), []
    with Library(contract, "smoke", 0, store=store, progress=lambda name, count: told.append((name, count))) as library:
        cases = library.cases(operation)
    with Library(contract, "smoke", 0, store=store, progress=lambda *_: pytest.fail("drawn again")) as library:
        again = library.cases(operation)

    assert cases == again == drawings["createMember"].cases
    assert told == [("createMember", len(cases))]
    assert children() == []


def test_a_seed_of_its_own_puts_fresh_cases_on_top(contract, store, drawings):
    operation, shared = contract.operation("createMember"), drawings["createMember"].cases
    store.keep(request_digest(contract, operation), "standard", 0, shared)

    with Library(contract, "standard", 5, store=store) as library:
        cases = library.cases(operation)

    assert cases[: len(shared)] == shared
    assert {case.seed for case in cases[len(shared) :]} == {5}
    assert len({case.id for case in cases}) == len(cases) > len(shared) + 10


def test_smoke_asks_everybody_the_same(contract, store):
    operation = contract.operation("report1")
    with Library(contract, "smoke", 5, store=store) as other, Library(contract, "smoke", 0, store=store) as shipped:
        assert other.cases(operation) == shipped.cases(operation)


def test_prefetching_draws_everything_in_the_background(contract, store):
    drawn = threading.Semaphore(0)
    with prefetch(contract, "smoke", 0, store=store, progress=lambda *_: drawn.release()) as library:
        for _ in contract.operations:
            assert drawn.acquire(timeout=60)
        assert all(library.cases(operation) for operation in contract.operations.values())


def test_many_threads_may_ask_at_once_and_each_operation_is_drawn_once(contract, store):
    told = []
    with Library(contract, "smoke", 0, store=store, progress=lambda name, _: told.append(name)) as library:
        threads = [
            threading.Thread(target=library.cases, args=(operation,))
            for operation in contract.operations.values()
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(told) == sorted(contract.operations)


def test_closing_early_ends_the_processes_at_once(contract, store):
    library = Library(contract, "standard", 5, store=store)
    library.prefetch()
    deadline = time.monotonic() + 30
    while not children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children()

    started = time.monotonic()
    library.close()

    assert time.monotonic() - started < 3
    assert children() == []


def test_who_waits_while_the_library_is_closed_is_told_so(contract, store):
    library = Library(contract, "standard", 0, store=store, processes=1)
    library.prefetch()
    library.close()

    with pytest.raises(DrawingFailed, match="could not be drawn"):
        library.cases(contract.operation("importFile"))


def test_a_process_that_dies_is_a_coded_error_and_the_next_operation_is_drawn_by_a_new_one(contract, store):
    for name in ("createMember", "report1"):
        store.keep(request_digest(contract, contract.operation(name)), "standard", 0, [])
    with Library(contract, "standard", 5, store=store, processes=1) as library:
        library.prefetch([contract.operation("createMember")])
        deadline = time.monotonic() + 30
        while not children() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(int(children()[0].split()[0]), signal.SIGKILL)

        with pytest.raises(DrawingFailed, match="createMember could not be drawn") as problem:
            library.cases(contract.operation("createMember"))

        assert problem.value.code == "GEN-04"
        assert library.cases(contract.operation("report1"))


def test_a_method_that_the_contract_has_by_now_is_not_asked_as_unsupported(loyalty_document, contract, store, drawings):
    drawn = drawings["getCustomerById"].cases
    unsupported = next(case for case in drawn if case.method == "DELETE")
    document = loyalty_document()
    item = document["paths"]["/customers/id/{id}"]
    item["delete"] = {**item["get"], "operationId": "deleteCustomer"}
    after = Contract(document)
    operation = after.operation("getCustomerById")
    assert request_digest(after, operation) == request_digest(contract, contract.operation("getCustomerById"))
    store.keep(request_digest(after, operation), "smoke", 0, drawn)

    with Library(after, "smoke", 0, store=store) as library:
        assert library.cases(operation) == [case for case in drawn if case is not unsupported]


def test_one_operation_can_be_asked_for_alone(contract):
    assert cases_for(contract, contract.operation("getCustomerById"), "smoke", 0)


def test_a_library_holds_no_cases_that_it_gave_out(contract, store, drawings):
    operation = contract.operation("createMember")
    store.keep(request_digest(contract, operation), "smoke", 0, drawings["createMember"].cases)
    with Library(contract, "smoke", 0, store=store) as library:
        library.prefetch([operation])
        given = [weakref.ref(case) for case in library.cases(operation)]
        gc.collect()
        assert len(given) > 10
        assert not any(one() for one in given)
        assert len(library.cases(operation)) == len(given)
