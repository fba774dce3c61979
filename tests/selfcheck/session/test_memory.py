"""What is freed is given back to the system: measured in a process of its own, by Linux."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys, threading
from pathlib import Path
from oip_conformance.session.memory import give_back_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "given back":
    give_back_freed_memory()
bytearray(4_000_000)
before = resident()
kept = []

def work():
    for size in range(300_000, 3_000_000, 100_000):
        held = [bytearray(b"x") * size, bytearray(b"x") * (size // 2)]
        kept.append(bytes(600))
        del held

for _ in range(3):
    some = [threading.Thread(target=work) for _ in range(8)]
    [one.start() for one in some]
    [one.join() for one in some]
print(resident() - before)
"""


def grown(how: str) -> int:
    """By how many bytes a process has grown that read large bodies in several threads."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_large_bodies_leave_no_room_behind() -> None:
    assert grown("given back") < 3 * 1024**2
