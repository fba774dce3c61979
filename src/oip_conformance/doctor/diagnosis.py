"""The whole examination, in the order in which one thing rests on another; it ends early where nothing can follow."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from oip_conformance.contract import Contract
from oip_conformance.doctor.claims import Remark, examine_claims
from oip_conformance.doctor.connection import examine_connection
from oip_conformance.doctor.environment import examine_environment
from oip_conformance.doctor.fixtures import examine_fixtures
from oip_conformance.doctor.probe import PATIENCE, Probe, Probed
from oip_conformance.profile import Problem, Profile
from oip_conformance.profile.places import line_of

DEADLINE = 7.0
"""Seconds after which the doctor asks nothing more, and waits for nothing; the command, which takes less than ten with its
start, has fewer where that took long."""


_BEFORE_ALL = ("CFG-41", "CFG-45", "CFG-83")
"""With one of these, nothing can be asked."""


@dataclass(frozen=True)
class Diagnosis:
    """What was found: problems that stop a run, advice, remarks on claims, and every question that was asked."""

    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    asked: tuple[Probed, ...]
    seconds: float
    complete: bool

    @property
    def stopping(self) -> tuple[Problem, ...]:
        """The problems because of which a run would prove nothing."""
        return tuple(one for one in self.problems if one.stops)

    @property
    def advice(self) -> tuple[Problem, ...]:
        """What is worth knowing and stops nothing."""
        return tuple(one for one in self.problems if not one.stops)


def examine(
    profile: Profile,
    contract: Contract,
    url: str,
    environment: Mapping[str, str],
    *,
    deadline: float = DEADLINE,
    claims: bool = True,
) -> Diagnosis:
    """Examine a configuration and its target. Nothing is written there; at most some dozens of reads are made.

    `environment` holds the keys, under the names that the profile gives. Without `claims`, those are not compared.
    """
    began = time.monotonic()
    problems = examine_environment(profile, contract, url, environment)
    remarks: list[Remark] = []
    key = environment.get(profile.target.api_key_env) or None
    second_key = environment.get(profile.target.second_api_key_env) or None
    if any(one.code in _BEFORE_ALL for one in problems):
        return Diagnosis(tuple(problems), (), (), time.monotonic() - began, complete=False)
    with Probe(
        url,
        contract,
        key=key,
        headers=profile.target.headers,
        verify_tls=profile.target.verify_tls,
        patience=min(PATIENCE, profile.target.timeout_seconds),
        deadline=deadline,
    ) as probe:
        found = _placed(profile, examine_connection(probe, profile, second_key))
        problems += found
        reached = not any(one.stops for one in found)
        if reached:
            if claims:
                misplaced, remarks = examine_claims(probe, profile)
                problems += _placed(profile, misplaced)
            for code, place, message, all_of_it in examine_fixtures(probe, profile):
                problem = Problem(code, place, message, line_of(profile._text, place))
                problems.append(problem if all_of_it else replace(problem, is_advice=True))
        complete = reached and probe.has_time
    return Diagnosis(tuple(problems), tuple(remarks), tuple(probe.asked), time.monotonic() - began, complete)


def _placed(profile: Profile, found: Iterable[tuple[str, str, str]]) -> list[Problem]:
    return [Problem(code, place, message, line_of(profile._text, place)) for code, place, message in found]
