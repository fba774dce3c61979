"""Whether what a profile says exists is listed by the target, as far as reads can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from oip_conformance.doctor.probe import Probe, Probed, can_be_read
from oip_conformance.profile import Profile

Found = Iterator[tuple[str, str, str, bool]]
"""Code, place, message, and whether nothing at all of what is named is there."""


def examine_fixtures(probe: Probe, profile: Profile) -> list[tuple[str, str, str, bool]]:
    """Stores, campaigns, activities, cards and reports that the target does not list or refuses."""
    fixtures = profile.fixtures
    lists = (
        ("CFG-84", "fixtures.stores", fixtures.stores, "getStores", ("id",)),
        ("CFG-85", "fixtures.campaigns", fixtures.campaigns, "getBonusCampaigns", ("id",)),
        ("CFG-86", "fixtures.activities", fixtures.activities, "getBonusRules", ("bonusRuleId",)),
        ("CFG-87", "fixtures.stamp_cards", fixtures.stamp_cards, "getLoyaltyCardProducts", ("stampCardId",)),
    )
    found: list[tuple[str, str, str, bool]] = []
    for code, place, named, operation, members in lists:
        found += _listed(probe, profile, code, place, named, operation, members)
    return [*found, *_reports(probe, profile)]


def _listed(
    probe: Probe,
    profile: Profile,
    code: str,
    place: str,
    named: tuple[str, ...],
    operation: str,
    members: tuple[str, ...],
) -> Found:
    found = probe.contract.operations.get(operation)
    if not named or found is None or profile.activation(found) != "activated" or not probe.has_time:
        return
    listed = _ids(probe.read(found), members)
    if listed is None:
        return
    missing = [name for name in named if name not in listed]
    if missing:
        message = f"{operation} does not list {', '.join(missing)}."
        yield code, place, message, len(missing) == len(named) and bool(listed)


def _ids(probed: Probed, members: tuple[str, ...]) -> set[str] | None:
    """The ids in a list of records, None when there is no such list."""
    value: Any = probed.json
    if probed.status != 200 or not isinstance(value, list):
        return None
    records = [one for one in value if isinstance(one, dict)]
    return {str(one[member]) for one in records for member in members if member in one}


def _reports(probe: Probe, profile: Profile) -> Found:
    operation = probe.contract.operations.get("report1")
    if operation is None or profile.activation(operation) != "activated" or not can_be_read(operation):
        return
    parameter = next((one.name for one in operation.parameters if one.location == "path"), "reportType")
    for name, report in profile.fixtures.reports.items():
        if not probe.has_time:
            return
        answer = probe.read(operation, path={parameter: quote(name, safe="")}, query=urlencode(report.query))
        if answer.status in (400, 404):
            yield "CFG-88", f"fixtures.reports.{name}", f"report1 answers {answer.status} to it.", True
