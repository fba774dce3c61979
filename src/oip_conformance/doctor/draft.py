"""A survey written down as a profile: commented, valid as it stands, and honest about what could not be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from oip_conformance.contract.remote import is_address
from oip_conformance.doctor.survey import Seen, Survey
from oip_conformance.profile import CLASSES


def draft(survey: Survey, *, name: str, file: str | None = None, overlays: Sequence[str] = ()) -> str:
    """The text of a profile (TOML) for the target that was surveyed by a contract, named as the profile is to name it."""
    parts = (
        _head(survey, name),
        _contract(file, overlays),
        _claims(survey),
        _bindings(survey),
        _fixtures(survey),
        _rest(),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(survey: Survey, name: str) -> Iterator[str]:
    median, longest = survey.latency
    yield "# Drafted by `oip-conformance discover` from harmless probes: reads that name nobody, and OPTIONS."
    yield "# Nothing was written and nobody was reached. Read every line before you certify with it; what could not be"
    yield "# seen is marked. `oip-conformance profile schema` describes every setting."
    yield "#"
    yield f"# {len(survey.asked)} probes; an answer took {median:.0f} ms (median), {longest:.0f} ms at the longest."
    for what, probed in (("Without a key", survey.without_key), ("With a wrong key", survey.wrong_key)):
        if probed is not None:
            envelope = isinstance(probed.json, dict) and "code" in probed.json
            form = "in the envelope" if envelope else "not in the envelope"
            answer = f"{probed.status} {form}" if probed.status else f"no answer ({probed.fault})"
            expected = "" if probed.status == 401 else "; the contract says 401"
            yield f"# {what}: {answer}{expected}."
    yield ""
    yield f"name = {_text(name)}"
    yield 'description = ""'
    yield ""
    yield "[target]"
    yield f"url = {_text(survey.url)}"
    yield 'api_key_env = "OIP_API_KEY"                # the key itself never stands in a profile'
    yield 'second_api_key_env = "OIP_SECOND_API_KEY"  # another tenant: with it, isolation is tested too'
    yield f"timeout_seconds = {_patience(longest)}"
    yield ""


def _contract(file: str | None, overlays: Sequence[str]) -> Iterator[str]:
    """The contract that the survey went by; a profile names files, so what came from an address is to be saved first."""
    if file is None and not overlays:
        return
    yield "[contract]"
    if any(map(is_address, (file, *overlays))):
        yield "# A profile names files: save what came from an address beside it, and put the name of the file here."
    if file is not None:
        yield f"{'# ' if is_address(file) else ''}file = {_text(file)}"
    if overlays:
        far = any(map(is_address, overlays))
        yield f"{'# ' if far else ''}overlays = [{', '.join(map(_text, overlays))}]"
    yield ""


def _patience(longest: float) -> float:
    return max(10.0, float(round(longest / 1000 * 5)))


def _claims(survey: Survey) -> Iterator[str]:
    by_class: dict[str, list[Seen]] = {}
    for one in survey.seen:
        by_class.setdefault(one.operation.conformance_class, []).append(one)
    yield "[claims]"
    yield "# Claims are checked both ways: what is claimed must work, what is declared not activated must answer 403."
    yield "classes = ["
    for name in [*CLASSES, *(name for name in by_class if name not in CLASSES)]:
        seen = by_class.get(name, [])
        if seen:
            yield f"{_class_line(name, seen)}"
    yield "]"
    off = [one for one in survey.seen if one.standing == "not-activated"]
    yield "not_activated = ["
    for one in off:
        yield f"  {_text(one.operation.id)},  # answered 403"
    yield "]"
    unsure = [one for one in survey.seen if one.standing in ("unseen", "busy") and not _is_off(by_class, one)]
    if unsure:
        yield "# Not seen. They count as claimed with their class; move those your account lacks to not_activated:"
        for one in unsure:
            yield f"#   {one.operation.id}: {one.note}"
    yield ""


def _class_line(name: str, seen: list[Seen]) -> str:
    answering = [one for one in seen if one.standing in ("answers", "elsewhere")]
    if answering:
        return f"  {_text(name)},  # {', '.join(one.operation.id for one in answering)}"
    if any(one.standing == "not-activated" for one in seen):
        return f"  # {_text(name)},  # its reads answer 403"
    missing = all(one.standing == "missing" for one in seen)
    why = "its paths are not there" if missing else "cannot be seen without writing; claim it if the account has it"
    return f"  # {_text(name)},  # {why}"


def _is_off(by_class: dict[str, list[Seen]], one: Seen) -> bool:
    """Whether the class of an operation was left out of the claims."""
    return not any(other.standing in ("answers", "elsewhere") for other in by_class[one.operation.conformance_class])


def _bindings(survey: Survey) -> Iterator[str]:
    for one in survey.seen:
        if one.standing == "elsewhere" and one.path:
            yield f"[operations.{one.operation.id}]  # {one.note}"
            yield f"path = {_text(one.path)}"
            yield ""
    missing = [one for one in survey.seen if one.standing == "missing"]
    if missing:
        yield "# Not where the contract has them. If the account has them, bind each to its place:"
        for one in missing:
            yield f"#   [operations.{one.operation.id}]"
            yield f'#   path = "..."  # {one.note}'
        yield ""


def _fixtures(survey: Survey) -> Iterator[str]:
    yield "[fixtures]"
    yield "# What exists on the target for the tests to use. What is not named here leaves its requirements not tested,"
    yield "# and a run with untested requirements does not certify: `doctor` says what its classes still need."
    for fixture in ("stores", "campaigns", "activities", "stamp_cards"):
        ids = survey.found.get(fixture, ())
        yield f"{fixture} = [{', '.join(map(_text, ids))}]" if ids else f"# {fixture} = []  # none was listed"
    yield "# points_per_krone = 1.0"
    yield "# triggers = []"
    yield '# unassigned_promotion = ""  # a promotion that exists and that new customers do not have'
    yield ""
    yield "# [fixtures.promotions]  # ids of promotions that every new customer has, by what is special about them"
    for role in ("open", "single_use", "unlimited", "pos_only", "one_store", "expired", "not_yet_valid"):
        yield f'# {role} = ""'
    yield ""
    for name, paged in survey.paged.items():
        yield f"[fixtures.reports.{_text(name)}]"
        yield f"paged = {str(paged).lower()}"
        yield ""
    if not survey.paged:
        yield "# [fixtures.reports.NAME]  # a kind of report that the account has"
        yield "# paged = true"
        yield ""


def _rest() -> Iterator[str]:
    yield "[identifiers]"
    yield "# Which kinds of id the account takes where an operation names a person; not seen, ask OIP."
    yield 'customer = ["id", "mobilePhone", "externalId"]'
    yield ""
    yield "[customers]"
    yield "# What a new customer must have on this account, as `data` of createMember spells it; not seen, ask OIP."
    yield 'required = ["mobilePhone"]'
    yield ""
    yield "[data]"
    yield "# Synthetic customers get numbers of this range only. Agree it with OIP before writes are allowed."
    yield 'phone_range = ["+4799900000", "+4799999999"]'
    yield 'external_id_prefix = "OIPC"'
    yield ""
    yield "[safety]"
    yield "writes = false  # true lets a run create and change synthetic customers; OIP cannot delete them"
    yield ""
    yield "# [safety.external]  # operations that reach persons or other systems, each with its recipients"
    yield '# sendSms = ["+4799900001"]'
    yield ""
    yield "[limits]"
    yield "requests_per_second = 20"
    yield "created_records = 1500"
    yield "concurrency = 4"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
