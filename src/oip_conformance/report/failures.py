"""failures/: one runnable reproduction a distinct failure, and a page that lists them."""

from __future__ import annotations

from pathlib import Path

from oip_conformance.report.model import RunRecord
from oip_conformance.report.reading import explained
from oip_conformance.reproduction import recipes, script
from oip_conformance.reproduction.script import script_name

MOST = 200
"""So many failures get a script; `oip-conformance repro` makes any of them from the evidence."""


def write(run: RunRecord, directory: Path) -> Path:
    """Write failures/ into a run directory; without a failure, nothing is written."""
    folder = directory / "failures"
    failures = run.results["failures"]
    if not failures:
        return folder
    folder.mkdir(exist_ok=True)
    only = {one["id"] for one in failures[:MOST]}
    found = {one.failure["id"]: one for one in recipes(run.results, run.evidence, only)}
    lines = [
        "Failures of this run, one script each. Every script needs Python 3.9 or newer, the key and the target, nothing else:",
        "",
        "    OIP_API_KEY=... python3 SCRIPT [BASE_URL]",
        "",
        "It ends with 1 when the failure is seen again, 0 when it is not, 3 when that could not be decided.",
    ]
    for failure in failures:
        recipe = found.get(failure["id"])
        lines += [
            "",
            f"{failure['id']}  {script_name(recipe) if recipe else 'no script: no recorded request shows it'}",
            "",
        ]
        lines += [f"    {line}" for line in explained(failure, run.results["run"]["id"]).splitlines()]
        if recipe:
            path = folder / script_name(recipe)
            path.write_text(script(recipe), encoding="utf-8")
            path.chmod(0o755)
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
