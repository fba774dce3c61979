"""Claims, bindings, fixtures and safety beside the contract and a target: what does not fit is named."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from oip_conformance.doctor import Diagnosis
from oip_conformance.target.embedded import Sandbox

Diagnosed = Callable[..., Diagnosis]
Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]

REMOTE = "https://no-such-host.invalid/v4"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("CFG-44", ""),
        ("CFG-63", '[data]\nphone_range = ["+4699900000", "+4699999999"]'),
        ("CFG-64", '[data]\nphone_range = ["+4799900000", "+4799900009"]'),
        ("CFG-66", '[data]\nemail_domain = "nowhere"'),
        ("CFG-68", "[limits]\ntotal_requests = 5"),
        ("CFG-69", ""),
        ("CFG-75", '[fixtures.lookups]\nssn_env = "OIP_NO_SUCH_VARIABLE"'),
        ("CFG-76", '[fixtures]\noutbox_url = "http://127.0.0.1:1/outbox"'),
        ("CFG-77", ""),
        ("CFG-78", ""),
    ],
)
def test_what_limits_a_run_is_advice(code: str, text: str, diagnosed: Diagnosed) -> None:
    """It is said, with its place, and stops nothing."""
    url = REMOTE.replace("https:", "http:") if code == "CFG-44" else REMOTE
    found = [one for one in diagnosed(url, text).advice if one.code == code]
    assert found
    assert all(one.place and one.next_step for one in found)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("CFG-70", '[customers]\nrequired = ["mobilePhone", "shoeSize"]'),
        ("CFG-74", '[fixtures.lookups]\nssn = "13097248022"'),
        ("CFG-20", '[claims]\nactivated = ["getShops"]'),
    ],
)
def test_what_would_prove_nothing_stops_a_run(code: str, text: str, diagnosed: Diagnosed) -> None:
    """A run with it could only fail for the wrong reason."""
    assert code in [one.code for one in diagnosed(REMOTE, text).stopping]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("CFG-84", '[fixtures]\nstores = ["NO-SUCH-STORE"]'),
        ("CFG-88", "[fixtures.reports.noSuchReport]\npaged = true"),
    ],
)
def test_fixtures_that_are_not_there_are_named(code: str, text: str, sandbox: Sandbox, diagnosed: Diagnosed) -> None:
    """The target lists others, or refuses them."""
    diagnosis = diagnosed(sandbox.url, text, OIP_API_KEY=sandbox.key)
    assert code in [one.code for one in diagnosis.stopping]


def test_a_store_that_is_missing_beside_others_is_for_the_run_to_judge(sandbox: Sandbox, diagnosed: Diagnosed) -> None:
    """The list may be wrong as well as the profile: OIP-STORE-02 decides it."""
    text = '[fixtures]\nstores = ["STORE-001", "NO-SUCH-STORE"]'
    diagnosis = diagnosed(sandbox.url, text, OIP_API_KEY=sandbox.key)
    assert "CFG-84" in [one.code for one in diagnosis.advice]


def test_claims_are_compared_both_ways(sandbox: Sandbox, fake: Answering, diagnosed: Diagnosed) -> None:
    """A claimed read that answers 403, and one declared not activated that answers, are remarked."""
    declared = diagnosed(sandbox.url, '[claims]\nnot_activated = ["getStores"]', OIP_API_KEY=sandbox.key)
    assert [(one.requirement, one.operation) for one in declared.remarks] == [("OIP-ACT-02", "getStores")]

    body = b'{"code": "403", "message": "Forbidden", "detailedErrorMessage": ""}'
    off = fake(
        lambda one: (403, "application/json", body) if "stores" in one.path else (200, "application/json", b"[]")
    )
    assert ("OIP-ACT-01", "getStores") in [(one.requirement, one.operation) for one in diagnosed(off.url).remarks]


def test_a_path_that_is_not_there_is_to_be_bound(fake: Answering, diagnosed: Diagnosed) -> None:
    """The path of getStores is inferred; getCustomerById is documented, and its 404 says that nobody has this id."""
    body = b'{"code": "404", "message": "Not Found", "detailedErrorMessage": ""}'
    answers = {"/v4/stores": (404, "application/json", body), "/v4/bonus/rules": (405, "application/json", body)}
    target = fake(lambda one: answers.get(one.path, (200, "application/json", b"[]")))
    found = {one.code: one.place for one in diagnosed(target.url).problems}
    assert found["CFG-89"] == "operations.getStores.path"
    assert found["CFG-90"] == "operations.getBonusRules.method"


def test_promotions_that_are_not_all_named_are_told_before_the_run(diagnosed: Diagnosed) -> None:
    """A run without them ends incomplete, and whoever had the configuration examined should have known."""
    named = '[claims]\nclasses = ["core", "promotions"]\n[fixtures]\nstores = ["A"]\n[fixtures.promotions]\nopen = "1"'
    told = {one.place: one.message for one in diagnosed(REMOTE, named).advice if one.code == "CFG-77"}
    assert "expired, not_yet_valid" in told["fixtures.promotions"]
    assert "open" not in told["fixtures.promotions"]
    assert "unassigned_promotion" in told["fixtures"]
