"""A warm process that judges runs again: it has read and collected the suite once, and forks for each half of a run.

It reads a JSON array [half, directory, workplace] a line, and answers with the line that `oip_conformance.run.again` prints.
The first line warms it up.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from oip_conformance.run.again import answer
from oip_conformance.session import replaying


def judged(half: str, directory: str, workplace: str) -> bytes:
    """One half of a run."""
    replaying.rerun_of.cache_clear()
    return answer(half, Path(directory), Path(workplace))


def main() -> None:
    """Answer until there is nothing more to read."""
    first = json.loads(sys.stdin.readline())
    for half in ("tests", "rules"):
        judged(half, *first[1:])
    for line in sys.stdin:
        if os.fork():
            os.wait()
        else:
            sys.stdout.buffer.write(judged(*json.loads(line)))
            sys.stdout.buffer.flush()
            os._exit(0)


if __name__ == "__main__":
    main()
