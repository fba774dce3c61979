"""Running a test, once more with fresh data when it fails: failing twice is failed, failing once inconclusive."""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol

from oip_conformance.pytest_plugin.conductor import ENDING, Conductor
from oip_conformance.pytest_plugin.ending import Ending
from oip_conformance.session.interrupts import raise_what_was_lost
from oip_conformance.verdict.state import State

_TRIED_AGAIN = frozenset({State.FAILED, State.SUITE_ERROR})


def run_with_attempts(conductor: Conductor, item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run an item, at most twice, and write down its outcomes; pytest hears of the last attempt only."""
    raise_what_was_lost()
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    endings: list[Ending] = []
    attempts = 1 if item.get_closest_marker("once") or item.get_closest_marker("general") else 2
    for attempt in range(attempts):
        if attempt:
            item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures, as pytest itself makes them
        conductor.begin(item)
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        exchanges, reached = conductor.session.cited()
        endings.append(item.stash[ENDING].with_evidence(exchanges, reached))
        if endings[-1].state not in _TRIED_AGAIN:
            break
    conductor.end(item, endings)
    for report in reports:
        hook.pytest_runtest_logreport(report=report)
    reason = conductor.session.why_to_stop
    if reason and not item.session.shouldstop:
        conductor.stop(reason)
        item.session.shouldstop = reason
    elif conductor.session.is_over and nextitem is not None and not item.session.shouldstop:
        conductor.cut()
        item.session.shouldstop = "the time that the run may take is used up"
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
