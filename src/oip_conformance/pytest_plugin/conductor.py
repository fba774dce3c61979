"""The conductor of one pytest process: selects the tests of the run, starts the session, and writes down outcomes."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack

import pytest

from oip_conformance.contract.requirements import Requirement
from oip_conformance.pytest_plugin.ending import Ending, ending_of
from oip_conformance.pytest_plugin.selection import Selection, name_of
from oip_conformance.scenario.signals import Unmet
from oip_conformance.session import ReplaySession, Session, Settings
from oip_conformance.session.memory import give_back_freed_memory
from oip_conformance.target.embedded import EmbeddedServer
from oip_conformance.verdict.outcome import Failure, Outcome
from oip_conformance.verdict.state import State

ENDING: pytest.StashKey[Ending] = pytest.StashKey()


class Conductor:
    """Binds one pytest process to the session of a run."""

    def __init__(self, config: pytest.Config) -> None:
        give_back_freed_memory()
        self._config = config
        self._resources = ExitStack()
        worker = getattr(config, "workerinput", None)
        position = int(worker["workerid"].lstrip("gw")) if worker else 0
        settings = self._settings()
        self.session = (ReplaySession if settings.replay else Session)(
            settings,
            worker=worker["workerid"] if worker else "m",
            position=position,
            share=int(worker["workercount"]) if worker else 1,
        )
        self.selection = Selection(self.session)

    def operations(self) -> list[str]:
        """The operations that get an item of their own."""
        return list(self.session.contract.operations)

    def deselect(self, items: Iterable[pytest.Item]) -> set[pytest.Item]:
        """The items that do not belong to the run, or that it cannot run."""
        dropped: set[pytest.Item] = set()
        scope: set[str] = set()
        for item in items:
            if not self.selection.includes(item):
                dropped.add(item)
                continue
            scope.update(requirement.id for requirement in self.selection.requirements_of(item))
            if not self.session.can_run(name_of(item), general=item.get_closest_marker("general") is not None):
                dropped.add(item)
        self.session.ledger.fact("scope", requirements=sorted(scope | self.selection.general()))
        return dropped

    def note(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Keep how a phase of an item ended, worst phase first, and clean the report of secrets.

        That setting up or clearing away went well says nothing of the target.
        """
        ending = ending_of(call, self.session.broken if item.get_closest_marker("general") else ())
        before = item.stash.get(ENDING, None)
        says_nothing = call.when != "call" and ending.state is State.PASSED
        if not says_nothing and (before is None or ending.state > before.state):
            item.stash[ENDING] = ending
        if ending.state in (State.NOT_TESTED, State.NOT_APPLICABLE, State.INCONCLUSIVE):
            report.outcome = "skipped"
            report.longrepr = (item.nodeid, 0, self.session.redactor.text(f"{ending.state}: {ending.reason}"))
        elif report.longrepr is not None:
            report.longrepr = self.session.redactor.text(
                str(call.excinfo.value) if call.excinfo and ending.state is State.FAILED else str(report.longrepr)
            )
        report.sections = [(title, self.session.redactor.text(text)) for title, text in report.sections]

    def draw_ahead(self, items: Iterable[pytest.Item]) -> None:
        """Start drawing the cases of these items, so that they are there when they are wanted.

        Each of several processes draws its share of them, and finds the others' in the cache.
        """
        session = self.session
        names = [item.callspec.params["operation"] for item in items if _has_operation(item)]  # type: ignore[attr-defined]  # only parametrized items have it
        wanted = [session.contract.operations[name] for name in names if name in session.contract.operations]
        claimed = [one for one in wanted if session.profile.activation(one) == "activated"]
        if claimed:
            session.library.prefetch(claimed[session.position :: session.share])

    def begin(self, item: pytest.Item) -> None:
        """Start an attempt at an item."""
        if ENDING in item.stash:
            del item.stash[ENDING]
        self.session.begin(name_of(item), general=item.get_closest_marker("general") is not None)

    def end(self, item: pytest.Item, endings: list[Ending]) -> None:
        """Write down the outcomes of an item after its last attempt."""
        if item.get_closest_marker("general"):
            self._note_general(item, endings[-1])
        else:
            for requirement in self.selection.requirements_of(item):
                self.session.ledger.outcome(self._outcome(item, requirement, endings))
        self.session.end()

    def stop(self, reason: str) -> None:
        """Write down why this process ends before its tests do."""
        self.session.ledger.fact("stopped", reason=reason)

    def cut(self) -> None:
        """Write down that this process ends before its tests do because the run's time is used up."""
        self.session.ledger.fact("cut", round=self.session.settings.round)

    def finish(self) -> None:
        """Close the session and whatever this process started for it."""
        self.session.close()
        self._resources.close()

    def _outcome(self, item: pytest.Item, requirement: Requirement, endings: list[Ending]) -> Outcome:
        states = [ending.state for ending in endings]
        last = endings[-1]
        state, reason = last.state, last.reason
        if len(endings) > 1 and state is not State.FAILED:
            state = State.INCONCLUSIVE
            reason = f"intermittent: the first attempt {states[0]}, the second {states[1]}. {endings[0].reason}"
        cited, reached = last.exchanges, last.reached
        if state is State.INCONCLUSIVE and len(endings) > 1:
            cited, reached = endings[0].exchanges + last.exchanges, endings[0].reached + last.reached
        clean = self.session.redactor.text
        return Outcome(
            requirement=requirement.id,
            test=name_of(item),
            state=state,
            operation=requirement.operations[0] if len(requirement.operations) == 1 else None,
            reached=reached,
            exchanges=cited[:12],
            failures=tuple(
                Failure(
                    cause=f"{getattr(item, 'originalname', item.name)}: {clean(failure.expected)}",
                    title=failure.title or requirement.title,
                    expected=clean(failure.expected),
                    got=clean(failure.got),
                    exchange=failure.exchange.id if failure.exchange else (cited[-1] if cited else None),
                    operation=failure.exchange.operation if failure.exchange else None,
                )
                for failure in (last.failures if state is State.FAILED else ())
            ),
            reason=clean(reason),
            attempts=tuple(str(one) for one in states) if len(states) > 1 else (),
        )

    def _note_general(self, item: pytest.Item, ending: Ending) -> None:
        """A test under the general rules has its outcomes from the judge; what kept it from sending is written down."""
        if ending.state in (State.PASSED, State.FAILED):
            return
        operation = getattr(item, "callspec", None) and item.callspec.params.get("operation")  # type: ignore[attr-defined]  # only parametrized items have it
        self.session.ledger.fact(
            "unsent",
            test=name_of(item),
            operation=operation,
            state=str(ending.state),
            reached=ending.reached,
            reason=self.session.redactor.text(ending.reason),
        )

    def _settings(self) -> Settings:
        handed = Settings.from_environment()
        if handed is not None:
            return handed
        option = self._config.getoption
        directory = self._resources.enter_context(tempfile.TemporaryDirectory(prefix="oip-conformance-"))
        wanted = Settings(
            directory=directory,
            url="",
            embedded=True,
            level=option("--oip-level"),
            seed=option("--oip-seed"),
            profile=option("--oip-profile"),
            classes=tuple(option("--oip-class")),
            only=tuple(option("--oip-only")),
            run_key=secrets.token_hex(16),
        )
        profile = wanted.load_profile()
        url = option("--oip-target") or profile.target.url
        values = dict(vars(wanted))
        if url:
            values |= {
                "url": url,
                "embedded": False,
                "key": os.environ.get(profile.target.api_key_env),
                "second_key": os.environ.get(profile.target.second_api_key_env),
            }
        else:
            sandbox = self._resources.enter_context(EmbeddedServer(profile=profile.path))
            values |= {"url": sandbox.url, "key": sandbox.key, "second_key": sandbox.second_key}
        return Settings(**values)


def _has_operation(item: pytest.Item) -> bool:
    return "operation" in getattr(getattr(item, "callspec", None), "params", ())


__all__ = ["ENDING", "Conductor", "Unmet"]
