"""A session whose target is evidence: the same tests, the same people and ids, and no request leaves the machine."""

from __future__ import annotations

import os
import re
from functools import cached_property, lru_cache
from pathlib import Path

from oip_conformance.contract import Contract
from oip_conformance.evidence import Attempt, Exchange
from oip_conformance.profile import Profile
from oip_conformance.session.rerun import Rerun
from oip_conformance.session.session import Session
from oip_conformance.target import BackOff, Clock, Pacing, RememberingRedactor, ReplayedClock, ReplayTransport
from oip_conformance.verdict.outcome import CITED_AT_MOST

_NUMBER = re.compile(r"\+?\d+", re.ASCII)


@lru_cache(maxsize=1)
def rerun_of(directory: str) -> Rerun:
    """A run is read once, and the sessions of this process share what is left of it."""
    return Rerun(Path(directory))


class ReplaySession(Session):
    """Runs the tests of a recorded run again. What differs from the record is written down as such."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # the same parameters
        self._test = ""
        self._attempt: Attempt | None = None
        self._again: list[Exchange] = []

    @cached_property
    def rerun(self) -> Rerun:
        """The run as its evidence has it."""
        assert self.settings.replay is not None
        return rerun_of(self.settings.replay)

    @cached_property
    def profile(self) -> Profile:
        """The profile of the recorded run."""
        return self.rerun.profile

    @cached_property
    def contract(self) -> Contract:
        """The contract of the recorded run."""
        return self.rerun.contract

    @cached_property
    def redactor(self) -> RememberingRedactor:
        """A redactor that can tell what its tokens stand for. Recipients are tokens in the profile already, and stay so."""
        return self._redactor(RememberingRedactor, shown=[one for one in self.recipients if _NUMBER.fullmatch(one)])

    @property
    def evidence(self) -> Path:
        """Nowhere: all that is heard again is evidence already."""
        return Path(os.devnull)

    @cached_property
    def transport(self) -> ReplayTransport:
        """Evidence instead of a network."""
        return ReplayTransport(self.redactor)

    @cached_property
    def clock(self) -> Clock:
        """The clock of the recorded run."""
        return ReplayedClock()

    @property
    def profile_digest(self) -> str:
        """The digest of the profile before it was redacted."""
        return self.rerun.recording.profile_digest

    @property
    def back_off(self) -> BackOff:
        """What was tried again was tried when it was recorded."""
        return BackOff(attempts=1, over_lost=1)

    @property
    def pacing(self) -> Pacing:
        """Nobody has to be spared."""
        return Pacing()

    def begin(self, test: str, *, general: bool = False) -> None:
        """From now on, exchanges are those of the next recorded attempt at this test."""
        self._settle()
        self.target.test, self._test, self._attempt, self._again = test, test, None, []
        turn = self.rerun.turn(test)
        if turn is None:
            self.transport.begin([])
            self._differs("evidence holds no further attempt at it")
            return
        attempt, self._again = turn
        self._attempt = attempt
        limits = self.profile.limits
        self.transport.begin(self._again, limited=bool(limits.total_requests or limits.created_records))
        self.clock.begin(attempt.at)
        self.people.resume(attempt.people)
        self.oip.begin(attempt.serial, attempt.position)

    def can_run(self, test: str, *, general: bool = False) -> bool:
        """Whether the run attempted a test; one that it did not is written down. What only sends is not sent again."""
        attempted = self.rerun.only_sent(test) if general else self.rerun.attempted(test)
        if not attempted:
            self.ledger.fact("unattempted", test=test)
        return attempted and not general

    def cited(self) -> tuple[tuple[str, ...], int]:
        """The first exchanges that the attempt recorded, and how many there are."""
        return tuple(one.id for one in self._again[:CITED_AT_MOST]), len(self._again)

    def close(self) -> None:
        """Write down what was recorded and not asked again. Safe to call twice."""
        if self._closed or "target" not in self.__dict__:
            return
        self._settle()
        super().close()

    def _settle(self) -> None:
        unasked = self.transport.unasked
        if unasked:
            self._differs(f"it no longer asks for {len(unasked)} recorded exchanges, such as {unasked[0]}")
        self.transport.begin([])
        following = self.rerun.following(self._attempt) if self._attempt else None
        if following and (following.people, following.serial) != (self.people.place, self.oip.serial + 1):
            self._differs(f"it did not end where {following.test} began: an attempt between the two is missing")

    def _differs(self, sentence: str) -> None:
        self.ledger.fact("difference", test=self._test, sentence=sentence)

    def _heard(self, exchange: Exchange) -> None:
        """Single exchanges are judged apart, from all evidence."""
