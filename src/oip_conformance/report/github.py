"""What GitHub Actions shows of a run beside its log: annotations, and the summary of the step."""

from __future__ import annotations

from oip_conformance.report.model import RunRecord

SHOWN = 10
"""GitHub keeps ten annotations of a kind for each step."""


def workflow_commands(run: RunRecord) -> list[str]:
    """Workflow commands: an error for each cause that fails the run, a warning for each that only should not be."""
    lines = []
    for level, state in (("error", "failed"), ("warning", "warned")):
        clusters = [one for one in run.clusters if one.state == state]
        for cluster in clusters[:SHOWN]:
            first = cluster.failures[0]
            where = ", ".join(cluster.operations[:3]) + (
                f" and {len(cluster.operations) - 3} more" if len(cluster.operations) > 3 else ""
            )
            waived = " (waived)" if all(one.get("waived") for one in cluster.failures) else ""
            lines.append(
                _command(
                    "warning" if waived else level,
                    f"{cluster.requirement}{' ' + where if where else ''}{waived}",
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
