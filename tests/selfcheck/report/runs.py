"""Synthetic runs for reports to read: the real verdict code over made-up outcomes and exchanges."""

from __future__ import annotations

import json
from pathlib import Path

import orjson

from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile, Exchange, ReceivedResponse, SentRequest, gather
from oip_conformance.profile import default_profile
from oip_conformance.report import RunRecord
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.judging import Scope, judge
from oip_conformance.verdict.outcome import Failure, Outcome
from oip_conformance.verdict.results import build_results, listed_operations, write_results
from oip_conformance.verdict.state import State

URL = "http://127.0.0.1:8080/v4"
STARTED = 1_790_000_000.0
STORY = "workflows/promotions/test_redeeming.py::test_outside_its_window_a_promotion_is_refused[expired]"
KINDS = ("conformant", "smoke", "warned", "failing", "incomplete", "interrupted", "dead", "empty")

HOSTILE = "</script><img src=x onerror=alert(1)>| `x` @someone \x07 ]]> %0A::error::æøå \N{BELL}"
"""What a target may answer to break a report."""


def exchange(number: int, operation: str | None = "getHealth", status: int | None = 200, **more) -> Exchange:
    """One made-up exchange."""
    body = more.pop("body", b'{"status":"ok"}')
    method, path = more.pop("method", "GET"), more.pop("path", "/health")
    return Exchange(
        id=f"m-{number:06d}",
        test=more.pop("test", "operations/test_operations.py::test_an_operation_keeps_its_contract[getHealth]"),
        operation=operation,
        intent="valid",
        request=SentRequest(
            method,
            URL + path,
            (("accept", "application/json"), ("x-api-key", "oip-secret-0123456789abcdef")),
            more.pop("sent", b""),
        ),
        response=None if status is None else ReceivedResponse(status, (("Content-Type", "application/json"),), body),
        fault="refused" if status is None else None,
        started=STARTED + number / 100,
        elapsed=0.001 * (1 + number % 40),
        **more,
    )


class Runs:
    """Makes run directories of every kind."""

    def __init__(self, contract: Contract, requirements: RequirementSet) -> None:
        self.contract = contract
        self.requirements = requirements

    def make(self, kind: str, directory: Path, **changes) -> RunRecord:
        """A run of a kind, its results and evidence written into `directory`."""
        kinds = {
            "conformant": self._conformant,
            "smoke": self._conformant,
            "warned": self._warned,
            "failing": self._failing,
            "incomplete": self._incomplete,
            "interrupted": self._interrupted,
            "dead": self._dead,
            "empty": self._empty,
        }
        exchanges, outcomes, scope, interrupted = kinds[kind]()
        changes = {"run__level": "smoke", **changes} if kind == "smoke" else changes
        return self.write(directory, exchanges, outcomes, scope, interrupted, **changes)

    def write(self, directory: Path, exchanges, outcomes, scope, interrupted="", **changes) -> RunRecord:
        """Results and evidence of these outcomes."""
        directory.mkdir(parents=True, exist_ok=True)
        part = directory / "part.ndjson"
        part.write_bytes(b"".join(orjson.dumps(one.to_json()) + b"\n" for one in exchanges))
        digest = gather([part], directory / EVIDENCE_NAME)
        part.unlink()
        tally = CoverageTally()
        for one in exchanges:
            tally.add(one, self.contract.operations.get(one.operation or ""))
        verdict = judge(outcomes, self.requirements, Scope(frozenset(scope), {}), interrupted=interrupted)
        facts = json.loads(json.dumps(self._facts(tally, digest, interrupted)))
        for name, value in changes.items():
            section, _, key = name.partition("__")
            if key:
                facts[section][key] = value
            else:
                facts[section] = value
        results = build_results(verdict, facts, {one.id: one for one in exchanges}.get)
        results["run"]["id"] = directory.name
        write_results(results, directory)
        return RunRecord(results, EvidenceFile(directory / EVIDENCE_NAME, keep={one.id for one in exchanges}))

    def _facts(self, tally: CoverageTally, digest: str, interrupted: str):
        return {
            "suite": {"name": "oip-conformance", "version": "1.2.3", "python": "3.11.0"},
            "run": {
                "id": "run",
                "started": "2026-09-21T14:13:20.000Z",
                "ended": "2026-09-21T14:14:20.500Z",
                "seconds": 60.5,
                "level": "standard",
                "seed": 7,
                "workers": 1,
                "only": [],
                "classes": [],
                "command": f"oip-conformance certify --target {URL} --level standard --seed 7",
                "interrupted": bool(interrupted),
                "budget": None,
                "rounds": [],
            },
            "target": {"url": URL, "embedded": False, "host": "127.0.0.1:8080", "deviations": []},
            "profile": {"name": "A vendor <& co>", "digest": "sha256:" + "a" * 64, "file": None},
            "contract": {
                "title": self.contract.title,
                "version": self.contract.version,
                "digest": self.contract.digest,
                "overlays": [],
            },
            "operations": listed_operations(self.contract, default_profile()),
            "requirements": {"version": self.requirements.version, "digest": self.requirements.digest},
            "evidence": {"digest": digest, "exchanges": tally.exchanges},
            "coverage": tally.statement(self.contract, list(self.contract.operations), "standard"),
            "traffic": tally.traffic(),
            "created": [{"what": "customer", "exchange": "m-000001", "id": "1", "mobilePhone": "+4799900001"}],
            "notes": [interrupted] if interrupted else [],
        }

    def _conformant(self):
        exchanges = [exchange(number) for number in range(1, 30)]
        outcomes = [
            Outcome("OIP-CORE-02", "every exchange of getHealth", State.PASSED, "getHealth", 29, ("m-000001",)),
            Outcome("OIP-CORE-03", "every exchange of getHealth", State.PASSED, "getHealth", 29, ("m-000001",)),
            Outcome("OIP-PROMO-05", STORY, State.PASSED, "redeemPromotion", 2, ("m-000002", "m-000003")),
        ]
        return exchanges, outcomes, {"OIP-CORE-02", "OIP-CORE-03", "OIP-PROMO-05"}, ""

    def _warned(self):
        exchanges, outcomes, scope, _ = self._conformant()
        failure = Failure(
            "phrase of 400", "`message` is another text", "'Bad Request'", "'No'", "m-000004", "getHealth"
        )
        should = next(one.id for one in self.requirements if one.level == "should" and not one.untestable)
        outcomes.append(
            Outcome(should, "every exchange of getHealth", State.FAILED, "getHealth", 3, ("m-000004",), (failure,))
        )
        return exchanges, outcomes, scope | {should}, ""

    def _failing(self):
        exchanges, outcomes, scope, _ = self._conformant()
        hostile = exchange(30, status=418, body=HOSTILE.encode(), path="/health?q=%3Cscript%3E'\"", test=STORY)
        exchanges.append(hostile)
        story = Failure("window: status 400", HOSTILE, f"status 400 {HOSTILE}", f"status 200 {HOSTILE}", "m-000030")
        rules = [
            Outcome(
                "OIP-CORE-04",
                f"every exchange of {name}",
                State.FAILED,
                name,
                4,
                (f"m-{number:06d}",),
                (
                    Failure(
                        "content type of 200", "The content type is wrong", "json", "html", f"m-{number:06d}", name, 4
                    ),
                ),
            )
            for number, name in enumerate(("getHealth", "getStores", "getCustomerById"), start=5)
        ]
        outcomes[-1] = Outcome("OIP-PROMO-05", STORY, State.FAILED, "redeemPromotion", 1, ("m-000030",), (story,))
        return exchanges, [*outcomes, *rules], scope | {"OIP-CORE-04", "OIP-CUST-01"}, ""

    def _incomplete(self):
        exchanges, outcomes, scope, _ = self._conformant()
        shaky = Outcome(
            "OIP-CUST-01",
            "t::test_x",
            State.INCONCLUSIVE,
            None,
            2,
            ("m-000007",),
            (),
            "intermittent",
            ("failed", "passed"),
        )
        return exchanges, [*outcomes, shaky], {*scope, "OIP-CUST-01", "OIP-CUST-02"}, ""

    def _interrupted(self):
        exchanges, outcomes, scope, _ = self._conformant()
        return exchanges[:5], outcomes[:1], scope, "it was interrupted."

    def _dead(self):
        exchanges = [exchange(1, status=None), exchange(2, status=None)]
        reason = "The target does not answer: the connection was refused."
        outcome = Outcome(
            "OIP-CORE-01", "every exchange of getHealth", State.INCONCLUSIVE, "getHealth", 2, ("m-000001",), (), reason
        )
        return exchanges, [outcome], {"OIP-CORE-01", "OIP-PROMO-05"}, reason

    def _empty(self):
        return [], [], set(), ""

    def big(self, directory: Path, *, outcomes: int = 2000, exchanges: int = 50_000) -> RunRecord:
        """A run as large as the promises about size and speed: every third outcome fails in a way of its own."""
        names = list(self.contract.operations)
        ids = [one.id for one in self.requirements if not one.untestable]
        body = json.dumps([{"id": number, "name": "x" * 40} for number in range(8)]).encode()
        sent = [
            exchange(
                number, names[number % len(names)], body=body, test=f"t{number % outcomes}::test_{number % outcomes}"
            )
            for number in range(1, exchanges + 1)
        ]
        said = []
        for number in range(outcomes):
            name, cited = names[number % len(names)], f"m-{number + 1:06d}"
            failures = ()
            if number % 3 == 0:
                failures = (
                    Failure(f"cause {number}", f"A fault of its own {number}", "this", "that" * 20, cited, name),
                )
            said.append(
                Outcome(
                    ids[number % len(ids)],
                    f"t{number}::test_{number}",
                    State.FAILED if failures else State.PASSED,
                    name,
                    25,
                    (cited,),
                    failures,
                )
            )
        return self.write(directory, sent, said, set(ids))
