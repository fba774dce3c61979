"""A process that draws cases: reads a contract and tasks from standard input, a JSON value a line, and answers each.

First line: the contract's document. Then `{"operation", "level", "seed"}`; the answer is `{"cases", "dropped"}`. It
ends when its input closes, so it never outlives whoever started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

import orjson
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

from oip_conformance.contract import Contract
from oip_conformance.generation.drawing import draw
from oip_conformance.generation.store import cache_root


def main() -> None:
    """Serve tasks until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)
    set_hypothesis_home_dir(cache_root() / "hypothesis")
    without_local_constants()
    contract: Contract | None = None
    for line in sys.stdin.buffer:
        message = orjson.loads(line)
        if contract is None:
            contract = Contract(message)
            continue
        operation = contract.operation(message["operation"])
        drawing = draw(contract, operation, message["level"], message["seed"])
        answer = {"cases": [case.to_json() for case in drawing.cases], "dropped": dict(drawing.dropped)}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


def without_local_constants() -> None:
    """Keep Hypothesis from drawing constants it reads in our own source files.

    In a checkout it would, in an installed wheel it would not, and the same seed would ask different questions.
    """
    if hasattr(providers, "is_local_module_file"):
        providers.is_local_module_file = lambda path: False


if __name__ == "__main__":
    main()
