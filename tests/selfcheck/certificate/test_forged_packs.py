"""Forged packs: whoever holds the key changes the run and seals it anew, with all digests right. Judging again tells."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from corpus import Corpus

from oip_conformance.certificate import load_public_key
from oip_conformance.certificate.canonical import digest_of

FAULTS = Corpus()
refused_as = FAULTS.refused_as


def stories(exchanges: list[dict[str, Any]], part: str) -> list[int]:
    """Where the exchanges of a test stand."""
    return [number for number, one in enumerate(exchanges) if part in one["test"]]


@refused_as("claim-verdict")
def more_passed(forger: Any) -> None:
    """The certificate counts more passes than the results have."""
    forger.claim(lambda one: one["predicate"]["verdict"]["counts"].update(passed=99))


@refused_as("claim-run")
def deeper_level_claimed(forger: Any) -> None:
    """The certificate says that the run was a standard one."""
    forger.claim(lambda one: one["predicate"]["run"].update(level="standard"))


@refused_as("claim-limits")
def without_limits(forger: Any) -> None:
    """The certificate leaves out its limits."""
    forger.claim(lambda one: one["predicate"].update(limits=[]))


@refused_as("claim-outside")
def nothing_left_out(forger: Any) -> None:
    """The certificate hides that requirements were not in scope."""
    forger.claim(lambda one: one["predicate"].update(outside=[]))


@refused_as("claim-form")
def other_claims(forger: Any) -> None:
    """The certificate claims something that no certificate says."""
    forger.claim(lambda one: one["predicate"].update(security="audited"))


@refused_as("claim-target")
def other_target(forger: Any) -> None:
    """The certificate names another target than the run."""
    forger.claim(lambda one: one["predicate"]["target"].update(url="https://api.oculos.no/v4"))


@refused_as("subjects")
def other_subjects(forger: Any) -> None:
    """The certificate binds a file outside the run directory."""
    forger.claim(lambda one: one["subject"].append({"name": "../../etc/passwd", "digest": {"sha256": "0" * 64}}))


@refused_as("digest-target")
def other_observation(forger: Any) -> None:
    """The certificate binds the target to what was observed of another one."""
    forger.claim(lambda one: one["subject"][0]["digest"].update(sha256="0" * 64))


@refused_as("claim-runs")
def no_runs_counted(forger: Any) -> None:
    """The certificate does not count its own run among those that were tried."""
    forger.claim(lambda one: one["predicate"]["runs"].update(tried=0))


@refused_as("claim-detection")
def better_detection(forger: Any) -> None:
    """The certificate says that the suite detects more than the matrix that ships with it."""
    forger.claim(lambda one: one["predicate"].update(detection={"summary": {"sentence": "It catches everything."}}))


@refused_as("predicate-type")
def other_predicate(forger: Any) -> None:
    """The statement is of another kind."""
    forger.claim(lambda one: one.update(predicateType="https://slsa.dev/provenance/v1"))


@refused_as("suite-version")
def unknown_suite(forger: Any) -> None:
    """The certificate names a version of the suite that nobody has."""
    forger.claim(lambda one: one["predicate"]["suite"].update(version="99.0"))


@refused_as("suite-digest")
def other_tests(forger: Any) -> None:
    """The certificate was issued by a suite with other tests under the same version."""
    forger.claim(lambda one: one["predicate"]["suite"].update(tests_digest="sha256:" + "0" * 64))


@refused_as("future-dated")
def future_dated(forger: Any) -> None:
    """It is issued next month."""
    forger.seal(now=forger.issued + dt.timedelta(days=30))


@refused_as("issued-early")
def issued_before_the_run(forger: Any) -> None:
    """It was issued before the run took place."""
    forger.seal(now=forger.issued - dt.timedelta(days=1))


@refused_as("valid-too-long")
def valid_for_ten_years(forger: Any) -> None:
    """It is valid for ten years."""
    forger.claim(lambda one: one["predicate"].update(expires="2036-01-01T00:00:00Z"))


@refused_as("expires-early")
def expired_before_it_was_issued(forger: Any) -> None:
    """It expired before it was issued."""
    forger.claim(lambda one: one["predicate"].update(expires="2001-01-01T00:00:00Z"))


@refused_as("dates")
def dates_that_are_none(forger: Any) -> None:
    """It was issued some day."""
    forger.claim(lambda one: one["predicate"].update(issued="some day"))


@refused_as("exchange-missing")
def dropped_exchange(forger: Any) -> None:
    """One exchange in the middle was taken out."""
    exchanges = forger.evidence
    del exchanges[len(exchanges) // 2]
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("replay")
def dropped_end(forger: Any) -> None:
    """The last exchanges of the run were taken out."""
    forger.write_evidence([one for one in forger.evidence if not "m-000055" < one["id"] < "n"])
    forger.seal()


@refused_as("exchange-missing-at-end")
def dropped_test(forger: Any) -> None:
    """The exchanges of the last tests were taken out altogether."""
    forger.write_evidence([one for one in forger.evidence if not "m-000030" < one["id"] < "n"])
    forger.seal()


@refused_as("exchange-twice")
def doubled_exchange(forger: Any) -> None:
    """One exchange was written down twice."""
    exchanges = forger.evidence
    exchanges.insert(9, exchanges[8])
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("out-of-order")
def reordered_evidence(forger: Any) -> None:
    """The exchanges stand in the reverse order."""
    forger.write_evidence(forger.evidence[::-1])
    forger.seal()


@refused_as("state")
def edited_response(forger: Any) -> None:
    """The server's answer was edited: a store has no name, and the results still say passed."""
    exchanges = forger.evidence
    for number in stories(exchanges, "test_the_stores_are_listed"):
        exchanges[number]["response"]["text"] = '[{"id":"STORE-001","name":7}]'
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("state")
def edited_status(forger: Any) -> None:
    """The answer to a reading was made an error of the server."""
    exchanges = forger.evidence
    for number in stories(exchanges, "test_the_consents_of_the_account_are_listed"):
        exchanges[number]["response"]["status"] = 500
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("replay")
def edited_request(forger: Any) -> None:
    """A request was rewritten to one that the suite does not send."""
    exchanges = forger.evidence
    for number in stories(exchanges, "test_changing_one_consent_leaves_the_others"):
        request = exchanges[number]["request"]
        request["text"] = request.get("text", "").replace("Lofoten", "Senja")
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("other-test")
def exchange_under_another_test(forger: Any) -> None:
    """An exchange was put under a test that did not send it."""
    exchanges = forger.evidence
    exchanges[-1]["test"] = exchanges[12]["test"]
    forger.write_evidence(exchanges)
    forger.seal()


@refused_as("outside-the-run")
def other_day(forger: Any) -> None:
    """The run is said to have been on another day than its exchanges."""

    def moved(results: dict[str, Any]) -> None:
        results["run"].update(started="2026-01-01T00:00:00Z", ended="2026-01-01T00:01:00Z")

    forger.change("results.json", moved)
    forger.seal()


@refused_as("run-dates")
def ended_before_it_started(forger: Any) -> None:
    """The run ends before it starts."""
    forger.change("results.json", lambda one: one["run"].update(ended="2001-01-01T00:00:00Z"))
    forger.seal()


@refused_as("requirement-unknown")
def invented_requirement(forger: Any) -> None:
    """The results hold a requirement that the register does not have."""

    def invented(results: dict[str, Any]) -> None:
        results["requirement_results"].append({**results["requirement_results"][0], "id": "OIP-CONS-99"})

    forger.change("results.json", invented)
    with pytest.raises(LookupError):
        forger.seal()  # issuing refuses it; the old certificate is left


@refused_as("requirement-added")
def requirement_that_was_not_judged(forger: Any) -> None:
    """The results hold one more requirement of the register, with an outcome that nothing shows."""

    def added(results: dict[str, Any]) -> None:
        first = orjson.loads(orjson.dumps(results["requirement_results"][0]))
        first["id"] = first["outcomes"][0]["requirement"] = "OIP-AUTH-01"
        del first["outcomes"][1:]
        results["requirement_results"].append(first)

    forger.add_up(added)
    forger.seal()


@refused_as("requirement-missing")
def removed_requirement(forger: Any) -> None:
    """A requirement was taken out of the results, with its outcomes."""
    forger.add_up(lambda results: results["requirement_results"].pop(2))
    forger.seal()


@refused_as("results-seed")
def seed_of_the_results(forger: Any) -> None:
    """The results name another seed than the record of the run."""
    forger.change("results.json", lambda one: one["run"].update(seed=4711))
    forger.seal()


@refused_as("results-register")
def other_register(forger: Any) -> None:
    """The results were made with another register of requirements than the one that ships."""
    forger.change("results.json", lambda one: one["requirements"].update(digest="sha256:" + "0" * 64))
    forger.seal()


@refused_as("requirement-twice")
def doubled_requirement(forger: Any) -> None:
    """One that passed stands twice in the results, so that more passed."""
    forger.change("results.json", lambda one: one["requirement_results"].append(one["requirement_results"][0]))
    forger.seal()


@refused_as("verdict-sentence")
def reworded_verdict(forger: Any) -> None:
    """The verdict is put into words that its counts do not bear."""
    forger.change("results.json", lambda one: one["verdict"].update(sentence="Every operation of OIP was proven."))
    forger.seal()


@refused_as("outcome-added")
def invented_outcome(forger: Any) -> None:
    """A requirement has the outcome of a test that never ran."""

    def invented(results: dict[str, Any]) -> None:
        outcomes = results["requirement_results"][0]["outcomes"]
        outcomes.append({**outcomes[0], "test": "consents/test_more.py::test_all_is_well"})

    forger.add_up(invented)
    forger.seal()


@refused_as("requirement-result")
def reworded_requirement(forger: Any) -> None:
    """A requirement's statement says less than the register's."""
    forger.change("results.json", lambda one: one["requirement_results"][1].update(statement="Something is answered."))
    forger.seal()


@refused_as("requirement-result")
def not_tested_is_passed(forger: Any) -> None:
    """A requirement without any outcome is said to have passed."""
    forger.change("results.json", lambda one: one["requirement_results"][1].update(outcomes=[]))
    forger.seal()


@refused_as("counts")
def changed_counts(forger: Any) -> None:
    """The counts do not add up from the requirements."""
    forger.change("results.json", lambda one: one["verdict"].update(total=60, counts={"passed": 60}))
    forger.seal()


@refused_as("outcome-missing")
def failed_outcome_deleted(forger: Any) -> None:
    """The evidence shows a failure, and the outcome that says so was deleted."""
    exchanges = forger.evidence
    for number in stories(exchanges, "read_back[(True, True, True)]"):
        exchanges[number]["response"]["status"] = 418

    def deleted(results: dict[str, Any]) -> None:
        for one in results["requirement_results"]:
            one["outcomes"] = [each for each in one["outcomes"] if "(True, True, True)" not in each["test"]]

    forger.write_evidence(exchanges)
    forger.add_up(deleted)
    forger.seal()


@refused_as("not-certifiable")
def failing_run(forger: Any) -> None:
    """The run failed, and its certificate says conformant."""

    def failed(results: dict[str, Any]) -> None:
        results["requirement_results"][0]["outcomes"][0]["state"] = "failed"

    forger.add_up(failed)
    forger.claim(lambda one: None)


@refused_as("not-certifiable")
def hidden_waiver(forger: Any) -> None:
    """A requirement was waived, and the certificate does not say so."""
    forger.change("results.json", lambda one: one["requirement_results"][0].update(waiver={"reason": "later"}))
    forger.claim(lambda one: None)


@refused_as("replay")
def level_lifted(forger: Any) -> None:
    """A smoke run was rewritten as a standard one, everywhere."""
    forger.change("recording.json", lambda one: one.update(level="standard", classes=["customers", "stores"]))
    forger.change("results.json", lambda one: one["run"].update(level="standard", classes=["customers", "stores"]))
    forger.seal()


@refused_as("replay")
def changed_seed(forger: Any) -> None:
    """The seed was changed everywhere."""
    for name in ("recording.json", "results.json"):
        forger.change(name, lambda one: one.get("run", one).update(seed=4711))
    forger.seal()


@refused_as("replay")
def swapped_profile(forger: Any) -> None:
    """The profile was swapped for another, with all its digests."""

    def swapped(recording: dict[str, Any]) -> None:
        recording["profile"]["name"] = "Another configuration"
        recording["profile_digest"] = digest_of(recording["profile"])

    forger.change("recording.json", swapped)
    digest = forger.json("recording.json")["profile_digest"]
    forger.change("results.json", lambda one: one["profile"].update(digest=digest))
    forger.seal()


@refused_as("contract-unknown")
def other_contract(forger: Any) -> None:
    """The contract was swapped for one that asks for less, with all its digests."""
    forger.change("contract.json", lambda one: one["components"].setdefault("schemas", {}).update(Nothing={}))
    digest = digest_of(forger.json("contract.json"))
    forger.change("results.json", lambda one: one["contract"].update(digest=digest))
    forger.seal()


@refused_as("traffic")
def edited_traffic(forger: Any) -> None:
    """The results state more exchanges than there are."""
    forger.change("results.json", lambda one: one["traffic"].update(exchanges=100_000))
    forger.seal()


@refused_as("coverage")
def edited_coverage(forger: Any) -> None:
    """The results state that more of the contract was reached."""
    forger.change("results.json", lambda one: one["coverage"]["statuses"].update(reached=170))
    forger.seal()


@refused_as("created")
def hidden_records(forger: Any) -> None:
    """The results do not list the customers that the run left on the target."""
    forger.change("results.json", lambda one: one.update(created=[]))
    forger.seal()


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[fault.__name__ for _, fault in FAULTS])
def test_a_forged_pack_is_refused_for_its_own_reason(code, fault, forger, verified, keys) -> None:
    fault(forger)
    found = verified(forger.directory, key=load_public_key(str(keys[1])))
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert code in codes, (fault.__doc__, codes)
    assert found.exit_code == (3 if set(codes) <= {"suite-version", "suite-digest", "contract-unknown"} else 1)


def test_another_runs_evidence_sealed_anew_is_refused(forger, other_run: Path, verified, keys) -> None:
    """The evidence of another run stands under this one's results, with all digests right."""
    shutil.copy(other_run / "evidence.ndjson.gz", forger.directory)
    forger.write_evidence(forger.evidence)
    forger.seal()
    found = verified(forger.directory, key=load_public_key(str(keys[1])))
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert {"other-target", "replay", "state"} <= set(codes)
    assert found.exit_code == 1
