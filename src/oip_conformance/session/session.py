"""The session of one process: profile, contract, target, recorder and judge, built once and shared by its tests."""

from __future__ import annotations

import atexit
import base64
import hashlib
import sys
import time
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from oip_conformance import __version__
from oip_conformance.contract import Contract, contract_for
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.evidence import Attempt, Exchange, Recorder, Redactor
from oip_conformance.generation.identifiers import RunTag
from oip_conformance.generation.library import Library
from oip_conformance.generation.phones import PhoneRange
from oip_conformance.generation.synthetic import SyntheticPeople
from oip_conformance.oracle import Broken
from oip_conformance.profile import Profile
from oip_conformance.scenario.oip import Oip
from oip_conformance.session.ledger import Ledger
from oip_conformance.session.made import made_by
from oip_conformance.session.settings import Settings
from oip_conformance.target import (
    BUSY_STATUSES,
    BackOff,
    Clock,
    Keys,
    LiveTransport,
    Pacing,
    SafetyGate,
    Target,
    Transport,
)
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.tally import Judge

R = TypeVar("R", bound=Redactor)

SAMPLE_PHONES = ("+4712345678",)
"""The phone number of the documentation's samples, which is nobody's and may be shown."""

SILENT_AFTER = 10
"""So many requests in a row without an answer, and the run ends: the target is gone."""

BUSY_AFTER = 40
"""So many answers of a busy system in a row, waiting and trying again included, and the run ends."""


class Session:
    """Everything a process needs to test a target.

    `worker` names the process ("m" when there is only one); `share` processes split the limits of the profile.
    """

    def __init__(self, settings: Settings, *, worker: str = "m", position: int = 0, share: int = 1) -> None:
        self.settings = settings
        self.worker = f"{worker}r{settings.round}" if settings.round else worker
        self.share = max(1, share)
        self.position = position
        self.broken: list[tuple[str, Broken, Exchange]] = []
        self._exchanges: list[str] = []
        self._count = 0
        self._closed = False
        self._silence = self._busy = 0

    @cached_property
    def profile(self) -> Profile:
        """The profile of the run."""
        return self.settings.load_profile()

    @cached_property
    def contract(self) -> Contract:
        """The contract of the run, overlays and bindings applied."""
        return contract_for(self.profile, Path(self.settings.contract) if self.settings.contract else None)

    @cached_property
    def requirements(self) -> RequirementSet:
        """The requirement register."""
        return load_requirements()

    @cached_property
    def redactor(self) -> Redactor:
        """The redactor of the run; all its processes make the same tokens."""
        return self._redactor(Redactor, hidden=self.recipients)

    def _redactor(self, kind: type[R], *, hidden: Iterable[str] = (), shown: Iterable[str] = ()) -> R:
        profile = self.profile
        keys = [key for key in (self.settings.key, self.settings.second_key, self.keys.wrong) if key]
        return kind(
            bytes.fromhex(self.settings.run_key),
            secrets=keys,
            people=hidden,
            phone_ranges=[profile.data.phone_range],
            phones=(*SAMPLE_PHONES, *shown),
        )

    @property
    def recipients(self) -> list[str]:
        """Whom the profile lets the run reach."""
        return [number for numbers in self.profile.safety.external.values() for number in numbers]

    @cached_property
    def keys(self) -> Keys:
        """The keys of the run."""
        return Keys(self.settings.key, self.settings.second_key)

    @cached_property
    def judge(self) -> Judge:
        """The general rules, added up over everything this process records."""
        return Judge(self.contract)

    @cached_property
    def coverage(self) -> CoverageTally:
        """What of the contract this process reached."""
        return CoverageTally()

    @cached_property
    def ledger(self) -> Ledger:
        """Where this process writes its outcomes."""
        return Ledger(self.settings.parts / f"{self.worker}.ledger.ndjson")

    @cached_property
    def transport(self) -> Transport:
        """How requests reach the target."""
        target = self.profile.target
        return LiveTransport(
            self.settings.url,
            timeout=target.timeout_seconds,
            connections=self.profile.limits.concurrency + 2,
            verify_tls=target.verify_tls,
        )

    @cached_property
    def clock(self) -> Clock:
        """The clock of the tests."""
        return Clock()

    @property
    def profile_digest(self) -> str:
        """The digest of the profile."""
        return self.profile.digest

    @property
    def back_off(self) -> BackOff:
        """How a busy target is waited for."""
        return BackOff()

    @property
    def pacing(self) -> Pacing:
        """This process's share of the profile's limits, unused."""
        limits, settings = self.profile.limits, self.settings
        return Pacing(
            requests_per_second=limits.requests_per_second and limits.requests_per_second / self.share,
            total_requests=limits.total_requests and max(0, limits.total_requests - settings.spent) // self.share,
            created_records=limits.created_records and max(0, limits.created_records - settings.created) // self.share,
        )

    @cached_property
    def gate(self) -> SafetyGate:
        """What the profile allows to be sent."""
        safety = self.profile.safety
        return SafetyGate(
            self.settings.url,
            writes=safety.writes,
            external=tuple(safety.external),
            production=self.settings.production,
        )

    @property
    def is_over(self) -> bool:
        """Whether the time that the run may take is used up."""
        return self.settings.deadline is not None and time.time() >= self.settings.deadline

    @property
    def evidence(self) -> Path:
        """Where this process writes its exchanges."""
        return self.settings.parts / f"{self.worker}.evidence.ndjson"

    @cached_property
    def target(self) -> Target:
        """The target under test. Making it starts the recording."""
        recorder = Recorder(self.evidence, self.worker)
        recorder.subscribe(self._heard)
        self._recorder = recorder
        profile = self.profile
        atexit.register(self.close)
        return Target(
            contract=self.contract,
            base_url=self.settings.url,
            transport=self.transport,
            recorder=recorder,
            redactor=self.redactor,
            keys=self.keys,
            gate=self.gate,
            pacing=self.pacing,
            back_off=self.back_off,
            clock=self.clock,
            headers=profile.target.headers,
            user_agent=f"oip-conformance/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}",
        )

    @cached_property
    def people(self) -> SyntheticPeople:
        """The synthetic people of this process; no two processes of a run make the same one.

        Their mark follows from profile and seed, so that equal runs send equal requests and a run's records are known
        to whoever holds its profile.
        """
        data, seed = self.profile.data, self.settings.seed
        key = hashlib.sha256(f"{self.profile_digest}/{seed}".encode()).digest()
        return SyntheticPeople(
            RunTag(base64.b32encode(key)[:6].decode(), data.external_id_prefix, key),
            PhoneRange(*data.phone_range),
            seed,
            email_domain=data.email_domain,
            share=(self.position, self.share),
        )

    @cached_property
    def library(self) -> Library:
        """The cases of the run, drawn in processes of their own where they are not in store."""
        return Library(self.contract, self.settings.level, self.settings.seed)

    @cached_property
    def oip(self) -> Oip:
        """The words of a story, said with the main key."""
        oip = Oip(self.target, self.profile, self.people, position=self.position)
        oip.library = self.library
        oip.broken = self.broken
        return oip

    def begin(self, test: str, *, general: bool = False) -> None:
        """From now on, exchanges belong to this test; where it stands is written down, so that it can be run again."""
        self.target.test = test
        self.clock.begin()
        self.oip.begin()
        attempt = Attempt(
            test,
            self.worker,
            self._recorder.count,
            self.clock.now(),
            self.people.place,
            self.oip.serial,
            self.oip.position,
            general,
        )
        self.ledger.fact("attempt", **attempt.to_json())
        self._exchanges, self._count = [], 0
        self.broken.clear()

    def end(self) -> None:
        """The test that is running has ended, and its outcomes are written down."""
        self.ledger.fact("ended")

    def can_run(self, test: str, *, general: bool = False) -> bool:
        """Whether a test of the run can be run here."""
        return True

    def cited(self) -> tuple[tuple[str, ...], int]:
        """The first exchanges of the test that is running, and how many there are."""
        return tuple(self._exchanges), self._count

    def close(self) -> None:
        """Write down what the rules say and stop. Safe to call twice."""
        if self._closed or "target" not in self.__dict__:
            return
        self._closed = True
        atexit.unregister(self.close)  # which would keep all that this session knows until the process ends
        self._recorder.close()  # first, so that what is counted below is what was recorded
        self.ledger.fact("judge", record=self.judge.to_json())
        self.ledger.fact("coverage", record=self.coverage.to_json())
        self.ledger.fact("reach", record=self.oip.reach.to_json())
        self.ledger.fact("traffic", sent=self.target.pacing.sent, created=self.target.pacing.created)
        self.ledger.close()
        if "library" in self.__dict__:
            self.library.close()
        self.transport.close()

    @property
    def why_to_stop(self) -> str:
        """Why going on would prove nothing, or nothing: the target is gone, or busy whatever it is asked."""
        if self.target.pacing.used_up:
            return f"the profile allows {self.profile.limits.total_requests} total requests, and they are used up."
        if self._silence >= SILENT_AFTER:
            return "the target stopped answering."
        if self._busy >= BUSY_AFTER:
            return "the target answers only that it is busy (429 or 502), also after waiting."
        return ""

    def _heard(self, exchange: Exchange) -> None:
        self._count += 1
        self._silence = 0 if exchange.response is not None else self._silence + 1
        self._busy = self._busy + 1 if exchange.response and exchange.response.status in BUSY_STATUSES else 0
        if len(self._exchanges) < 12:
            self._exchanges.append(exchange.id)
        for requirement, broken in self.judge.add(exchange):
            self.broken.append((requirement, broken, exchange))
        operation = self.contract.operations.get(exchange.operation) if exchange.operation else None
        self.coverage.add(exchange, operation)
        for made in made_by(exchange):
            self.ledger.fact("created" if made["what"] == "customer" else "made", exchange=exchange.id, **made)
