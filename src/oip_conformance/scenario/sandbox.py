"""Words about what a sandbox offers beside its API: systems behind it that fail when told to, and an outbox to read."""

from __future__ import annotations

from typing import Any

from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.signals import NotApplicable
from oip_conformance.scenario.voice import Voice


class SandboxWords(Voice):
    """Sentences about a sandbox; of a target that is none they raise NotApplicable."""

    def fail_next(self, operation: str, status: int, *, mentioning: str) -> None:
        """Tell the system behind an operation to fail once, at the next call that holds this text.

        Calls of other tests, which do not hold the text, are left alone.
        """
        self.require(operation)
        control = self.profile.fixtures.gateways.control_url
        if control is None:
            raise NotApplicable("[fixtures.gateways] of the profile names no control_url")
        order = {"status": status, "operations": [operation], "mentioning": mentioning, "times": 1}
        Answer(self.target.beside("POST", control, json=order, why="a system is told to fail")).expect(200)

    def outbox(self, recipient: str) -> list[dict[str, Any]]:
        """The messages for a recipient that the sandbox did not send, the newest first."""
        url = self.profile.fixtures.outbox_url
        if url is None:
            raise NotApplicable("[fixtures] of the profile names no outbox_url")
        answer = Answer(self.target.beside("GET", url, query={"recipient": recipient}, why="reading the outbox"))
        return answer.expect(200).items()
