"""What stands for GitHub's own command line, `gh`, in a step: it knows some runs and what they kept.

It takes the options that the workflows give and no others, so that a misspelt one is seen; `--jq` is not computed, since
the one thing asked for is the number of each run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GH = """#!{python}
import argparse, json, pathlib, shutil, sys

KNOWN = json.loads(pathlib.Path({known!r}).read_text())
line = argparse.ArgumentParser(allow_abbrev=False)
run = line.add_subparsers(required=True).add_parser("run", allow_abbrev=False).add_subparsers(dest="verb", required=True)
listing = run.add_parser("list", allow_abbrev=False)
for name in ("--workflow", "--status", "--json", "--jq"):
    listing.add_argument(name, required=True)
listing.add_argument("--limit", type=int, required=True)
download = run.add_parser("download", allow_abbrev=False)
download.add_argument("run", type=int)
download.add_argument("--name", required=True)
download.add_argument("--dir", required=True)
given = line.parse_args()
if KNOWN["offline"]:
    sys.exit("error connecting to api.github.com")
if given.verb == "list":
    assert (given.json, given.jq) == ("databaseId", ".[].databaseId")
    fitting = [one for one in KNOWN["runs"] if (one["workflow"], one["status"]) == (given.workflow, given.status)]
    print("\\n".join(str(one["id"]) for one in fitting[: given.limit]))
else:
    kept = next((one["kept"] for one in KNOWN["runs"] if one["id"] == given.run), {{}})
    if given.name not in kept:
        sys.exit("no artifact matches any of the names or patterns provided")
    shutil.copytree(kept[given.name], given.dir, dirs_exist_ok=True)
"""


def a_run(number: int, status: str, workflow: str = "release.yml", **kept: Path) -> dict[str, Any]:
    """A run of a workflow, and the directories that it kept by the names of its artifacts (`_` for `-`)."""
    artifacts = {name.replace("_", "-"): str(directory) for name, directory in kept.items()}
    return {"id": number, "status": status, "workflow": workflow, "kept": artifacts}


def gh(folder: Path, python: str, *runs: dict[str, Any], offline: bool = False) -> str:
    """The text of a `gh` that knows these runs, the newest first. What it knows is written into a folder."""
    known = folder / "known-to-github.json"
    known.write_text(json.dumps({"runs": list(runs), "offline": offline}), encoding="utf-8")
    return GH.format(python=python, known=str(known))
