"""What GitHub Actions shows of a run beside its log: annotations, and the summary of the step."""

from __future__ import annotations

from collections import Counter

from oip_conformance.report.model import RunRecord

SHOWN = 10
"""GitHub keeps ten annotations of a kind for each step."""


def workflow_commands(run: RunRecord) -> list[str]:
    """Workflow commands: an error for each cause that fails the run, a warning for each that only should not be."""
    lines: list[str] = []
    told: Counter[str] = Counter()
    for state in ("failed", "warned"):
        for cluster in [one for one in run.clusters if one.state == state]:
            waived = all(one.get("waived") for one in cluster.failures)
            level = "error" if state == "failed" and not waived else "warning"
            told[level] += 1
            if told[level] > SHOWN:
                continue
            first = cluster.failures[0]
            where = ", ".join(cluster.operations[:3]) + (
                f" and {len(cluster.operations) - 3} more" if len(cluster.operations) > 3 else ""
            )
            lines.append(
                _command(
                    level,
                    f"{cluster.requirement}{' ' + where if where else ''}{' (waived)' if waived else ''}",
                    f"{cluster.title}\nexpected {first['expected']}\ngot {first['got']}\n{first['curl']}".strip(),
                )
            )
    verdict = run.results["verdict"]
    if verdict["state"] not in ("passed", "warned", "failed"):
        lines.append(_command("error", "OIP Conformance", verdict["sentence"]))
    return lines


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(markdown: str) -> str:
    """The summary as GitHub takes it: at most one MiB a step."""
    limit = 900_000
    return (
        markdown if len(markdown.encode()) <= limit else markdown.encode()[:limit].decode("utf-8", "ignore") + "\n..."
    )
