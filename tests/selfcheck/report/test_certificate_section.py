"""The report says of the certificate what it states, who answers for it and what it does not prove; or why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.report import html

LIMIT = "It says what the target answered during the run, and nothing more."

CERTIFICATE: dict[str, Any] = {
    "verdict": {"sentence": "Conformant: of 4 requirements in scope, 4 passed."},
    "run": {"level": "standard"},
    "classes": [{"id": "stores"}],
    "contract": {"published": True},
    "signed": True,
    "issuer": {"key_id": "sha256:abc<>"},
    "issued": "2026-11-25T08:00:00Z",
    "expires": "2027-02-23T08:00:00Z",
    "runs": {"tried": 3},
    "not_covered": [],
    "not_applicable": [{"id": "OIP-X-01"}],
    "outside": [{}] * 7,
    "limits": [LIMIT],
}


@pytest.fixture
def page(make, tmp_path):
    """The section of a report, for what is known of the certificate."""

    def page(certificate: dict[str, Any] | None) -> str:
        run = make("conformant")
        run.certificate = certificate
        text = html.write(run, tmp_path).read_text(encoding="utf-8")
        _, _, after = text.partition('<section aria-labelledby="certificate">')
        assert bool(after) == ('href="#certificate"' in text)
        return after.partition("</section>")[0]

    return page


def test_a_signed_one_says_by_whom_until_when_and_what_it_does_not_prove(page):
    section = page(CERTIFICATE)
    for words in (
        CERTIFICATE["verdict"]["sentence"],
        "Level standard, 1 class, the published contract.",
        ">signed</span> with the key <code>sha256:abc&lt;&gt;</code>",
        "2026-11-25 08:00:00 UTC to 2027-02-23 08:00:00 UTC",
        "<dd>3, as far as",
        "0 requirements not decided, 1 not applicable, 7 not in scope",
        "verify RUN_DIR --key PUBLIC_KEY",
        LIMIT,
    ):
        assert words in section


def test_an_unsigned_one_says_that_nobody_answers_for_it(page):
    section = page({**CERTIFICATE, "signed": False, "issuer": None, "contract": {"published": False}})
    assert ">unsigned</span> Nobody answers for it." in section
    assert ">signed<" not in section
    assert "--key" not in section
    assert "a contract other than the published one" in section


def test_a_refusal_says_why(page):
    section = page({"reasons": ["the verdict is failed", "1 requirements are waived: <OIP>"]})
    assert "No certificate was issued" in section
    assert "<li>the verdict is failed</li><li>1 requirements are waived: &lt;OIP&gt;</li>" in section
    assert "It states" not in section


def test_where_nothing_is_known_nothing_is_said(page):
    assert page(None) == ""
