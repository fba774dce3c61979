"""What the environment and the contract say of a profile, without asking the target anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oip_conformance.contract import Contract
from oip_conformance.doctor.probe import can_be_read
from oip_conformance.profile import Problem, Profile, check_against
from oip_conformance.profile.model import PROMOTION_ROLES
from oip_conformance.profile.places import line_of
from oip_conformance.profile.senses import senses
from oip_conformance.target.transport import is_loopback

NEEDED_FIXTURES: Mapping[str, tuple[str, ...]] = {
    "promotions": ("promotions", "stores"),
    "loyalty": ("stamp_cards", "activities"),
    "transactions": ("stores",),
    "stores": ("stores",),
    "reports": ("reports",),
    "automation": ("triggers",),
    "functions": ("functions",),
    "lookups": ("lookups",),
    "imports": ("import_formats",),
}
"""What a class needs to exist on the target for its requirements to be tested."""

Found = Iterator[tuple[str, str, str]]


def examine_environment(
    profile: Profile, contract: Contract, url: str | None, environment: Mapping[str, str]
) -> list[Problem]:
    """What keeps a run from starting or from reaching everything; `url` None means the embedded server."""
    found = [
        *_reads(contract),
        *_keys(profile, url, environment),
        *_variables(profile, environment),
        *_customers(profile, contract),
    ]
    if url is not None:
        found += [*_real_system(profile, url), *_sendable(profile, contract, url), *_fixtures(profile, contract)]
    text = profile._text
    advice = senses(profile, profile.path, text) if profile.path else []
    problems = [Problem(code, place, message, line_of(text, place)) for code, place, message in found]
    return [*check_against(profile, contract.operations), *problems, *advice]


def _reads(contract: Contract) -> Found:
    if not any(map(can_be_read, contract.operations.values())):
        yield "CFG-83", "contract.file", f"no operation of {contract.title} can be read."


def _keys(profile: Profile, url: str | None, environment: Mapping[str, str]) -> Found:
    first, second = profile.target.api_key_env, profile.target.second_api_key_env
    key, other = environment.get(first, ""), environment.get(second, "")
    if url is None:
        return
    if not key:
        yield "CFG-41", "target.api_key_env", f"{first} is not set."
    for name, value, place in ((first, key, "target.api_key_env"), (second, other, "target.second_api_key_env")):
        if value and not is_sendable(value):
            yield "CFG-45", place, f"the value of {name} stands in quotes, or has line breaks, or spaces around it."
    if key and key == other:
        yield "CFG-46", "target.second_api_key_env", f"{second} holds the same key as {first}."
    if key and not other:
        yield "CFG-50", "target.second_api_key_env", f"{second} is not set, so isolation is not tested."


def is_sendable(key: str) -> bool:
    """Whether a key can stand in a header as it is."""
    quoted = len(key) > 1 and key[0] == key[-1] and key[0] in "\"'"
    return key.isprintable() and key == key.strip() and not quoted


def _variables(profile: Profile, environment: Mapping[str, str]) -> Found:
    name = profile.fixtures.lookups.ssn_env
    if name and not environment.get(name):
        yield "CFG-75", "fixtures.lookups.ssn_env", f"{name} is not set."


def _customers(profile: Profile, contract: Contract) -> Found:
    operation = contract.operations.get("createMember")
    schema = operation.request_schema("application/json") if operation else None
    known = _members(schema, contract) if schema else set()
    for name in profile.customers.required:
        if known and name.partition(".")[0] not in known:
            yield "CFG-70", "customers.required", f"the contract has no customer field {name!r}."


def _members(schema: object, contract: Contract) -> set[str]:
    """The names of the members of `data` in a creation, through references and combinations."""
    found: set[str] = set()
    waiting = [_property(schema, "data", contract)]
    while waiting:
        node = contract.resolve(waiting.pop())
        if isinstance(node, dict):
            found |= set(node.get("properties", {}))
            waiting += [part for kind in ("allOf", "oneOf", "anyOf") for part in node.get(kind, ())]
    return found


def _property(schema: object, name: str, contract: Contract) -> object:
    waiting = [schema]
    while waiting:
        node = contract.resolve(waiting.pop())
        if isinstance(node, dict):
            if name in node.get("properties", {}):
                return node["properties"][name]
            waiting += [part for kind in ("allOf", "oneOf", "anyOf") for part in node.get(kind, ())]
    return {}


def _real_system(profile: Profile, url: str) -> Found:
    fixtures = profile.fixtures
    if is_loopback(url):
        return
    if url.startswith("http:"):
        yield "CFG-44", "target.url", "it begins with http:, and every request carries the key."
    if fixtures.lookups.ssn:
        yield "CFG-74", "fixtures.lookups.ssn", "the target is not on this machine."
    for place, value in (
        ("fixtures.outbox_url", fixtures.outbox_url),
        ("fixtures.gateways.control_url", fixtures.gateways.control_url),
    ):
        if value:
            yield "CFG-76", place, "the target is not on this machine."
    if not profile.safety.writes:
        yield "CFG-69", "safety.writes", "the target is not on this machine, so nothing is created or changed there."


def _sendable(profile: Profile, contract: Contract, url: str) -> Found:
    if is_loopback(url):
        return
    kept_back = [
        operation.id
        for operation in contract.operations.values()
        if profile.activation(operation) == "activated"
        and operation.effect == "external"
        and operation.id not in profile.safety.external
    ]
    if kept_back:
        message = f"no recipients are named for {', '.join(kept_back)}, which reach outside OIP; they are not called."
        yield "CFG-78", "safety.external", message


def _fixtures(profile: Profile, contract: Contract) -> Found:
    claimed = {one.conformance_class for one in contract.operations.values() if profile.activation(one) == "activated"}
    given = profile.fixtures.model_dump(exclude_defaults=True)
    for name, needed in NEEDED_FIXTURES.items():
        missing = [fixture for fixture in needed if not given.get(fixture)]
        if name in claimed and missing:
            places = ", ".join(f"[fixtures] {fixture}" for fixture in missing)
            yield "CFG-77", "fixtures", f"{name} is claimed, and {places} names nothing; parts of it are not tested."
    roles = [role for role in PROMOTION_ROLES if not profile.fixtures.promotions.get(role)]
    if "promotions" in claimed and given.get("promotions") and roles:
        message = f"promotions is claimed, and no promotion is {', '.join(roles)}; parts of it are not tested."
        yield "CFG-77", "fixtures.promotions", message
    if "promotions" in claimed and not profile.fixtures.unassigned_promotion:
        message = "promotions is claimed, and no unassigned_promotion is named; parts of it are not tested."
        yield "CFG-77", "fixtures", message
