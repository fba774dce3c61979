"""Drawing: the cases of one operation at one level for one seed, the same on every machine.

What Schemathesis and our own domain makers draw is bound to references, read by our validator, and kept only when it
means what it says: a valid request is valid, an invalid one is invalid on the wire, and each request is asked once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import unquote

from schemathesis.generation.modes import GenerationMode

from oip_conformance.contract import Contract, Operation
from oip_conformance.generation.bindings import SAMPLES, fill
from oip_conformance.generation.case import Case, Intent
from oip_conformance.generation.conformity import Violation, summary, violations
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.domain import PLACES, bind
from oip_conformance.generation.malformed import damaged
from oip_conformance.generation.plan import Level, Plan, plan_for
from oip_conformance.generation.realistic import realistic
from oip_conformance.generation.sources import Draw, Source
from oip_conformance.generation.twins import with_twins
from oip_conformance.generation.unrealistic import unrealistic
from oip_conformance.generation.wire import WireForm


@dataclass
class Drawing:
    """The cases of an operation, and how many draws were dropped, by reason."""

    operation: str
    cases: list[Case] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def draw(contract: Contract, operation: Operation, level: Level, seed: int) -> Drawing:
    """All cases that `plan_for` asks for. Valid cases come first, each invalid one names its twin among them."""
    plan = plan_for(operation, level, seed)
    drawing = Drawing(operation.id)
    start = int(request_digest(contract, operation)[:12], 16) ^ seed
    seen: set[WireForm] = set()
    kept: list[Case] = []
    for number, one in enumerate(_draws(contract, operation, plan, start)):
        as_drawn = one.origin == "domain" or _asks_for_strangers(operation, one, number)
        case = _case(contract, operation, one, seed, as_drawn=as_drawn, drawing=drawing)
        if case is None:
            continue
        form = _form(case)
        if form in seen:
            drawing.dropped["asked already"] += 1
            continue
        seen.add(form)
        kept.append(case)
    drawing.cases = with_twins(kept)
    return drawing


def _draws(contract: Contract, operation: Operation, plan: Plan, start: int) -> Iterator[Draw]:
    sound = realistic(operation, Random(start), plan.domain)
    yield from sound
    if sound:
        yield from unrealistic(operation, sound[0], plan.malformed)
    if plan == Plan():
        return
    source = Source(contract, operation)
    default: Draw | None = None
    if plan.examples:
        for one in list(source.examples())[: plan.examples]:
            default = default or one
            yield one
    if plan.coverage != 0:
        walked = list(source.coverage())
        default = default or next((one for one in walked if one.meant == "valid"), None)
        same, other = _split(operation, walked)
        yield from _spread(same, plan.coverage)
        yield from _spread(other, plan.unsupported_methods)
    if plan.malformed and default is not None:
        yield from _malformed(replace(default, wire=bind(operation, default.wire)), plan.malformed)
    if plan.positive:
        yield from source.fuzzing(GenerationMode.POSITIVE, plan.positive, start)
    if plan.negative:
        yield from source.fuzzing(GenerationMode.NEGATIVE, plan.negative, start)


def _case(
    contract: Contract, operation: Operation, one: Draw, seed: int, *, as_drawn: bool, drawing: Drawing
) -> Case | None:
    """The case for a draw, or None when it does not hold what it means."""
    if any(unquote(segment) in (".", "..") or "/" in unquote(segment) for segment in one.wire.path.split("/")):
        drawing.dropped["path that servers and proxies rewrite"] += 1
        return None
    if one.wire.method == "OPTIONS" != operation.method:
        drawing.dropped["method that any server may answer"] += 1
        return None
    if one.wire.method != operation.method:
        return _named(operation, bind(operation, one.wire), one, seed, "invalid", f"method: {one.wire.method}")
    wire = one.wire if as_drawn else bind(operation, one.wire)
    intent: Intent = "invalid" if one.meant == "invalid" else "boundary" if one.edge else "valid"
    found = _judged(contract, operation, wire)
    if intent == "invalid" and found == [] and not as_drawn:
        wire = _bound_around_what_is_broken(contract, operation, one.wire)
        found = _judged(contract, operation, wire)
    if found is None:
        drawing.dropped["another route"] += 1
    elif bool(found) != (intent == "invalid"):
        drawing.dropped[f"meant {one.meant} and is not"] += 1
    else:
        return _named(operation, wire, one, seed, intent, summary(found) if found else "")
    return None


def _bound_around_what_is_broken(contract: Contract, operation: Operation, wire: WireForm) -> WireForm:
    """References wherever they do not mend what was broken on purpose."""
    for place, name in PLACES.get(operation.id, {}).items():
        bound = bind(operation, wire, {place: name})
        if _judged(contract, operation, bound):
            wire = bound
    return wire


def judge(contract: Contract, operation: Operation, case: Case) -> list[Violation] | None:
    """What is wrong with a case once its references are filled with values of the usual form."""
    sample = fill(case, SAMPLES)
    return violations(
        contract,
        operation,
        path=sample.path,
        query=sample.query,
        headers=sample.headers,
        body=sample.body,
        media_type=sample.media_type,
    )


def _judged(contract: Contract, operation: Operation, wire: WireForm) -> list[Violation] | None:
    case = Case(
        "",
        operation.id,
        wire.method,
        wire.path,
        "fuzzing",
        "valid",
        query=wire.query,
        headers=wire.headers,
        body=wire.body,
        media_type=wire.media_type,
    )
    return judge(contract, operation, case)


def _named(operation: Operation, wire: WireForm, one: Draw, seed: int, intent: Intent, how: str) -> Case:
    name = hashlib.sha256(repr((wire, intent)).encode()).hexdigest()[:10]
    return Case(
        id=f"{operation.id}-{name}",
        operation=operation.id,
        method=wire.method,
        path=wire.path,
        origin=one.origin,
        intent=intent,
        query=wire.query,
        headers=wire.headers,
        body=wire.body,
        media_type=wire.media_type,
        how=how,
        seed=seed if one.origin in ("fuzzing", "domain") else None,
    )


def _form(case: Case) -> WireForm:
    return WireForm(case.method, case.path, case.query, case.headers, case.body, case.media_type)


def _asks_for_strangers(operation: Operation, one: Draw, number: int) -> bool:
    """Some valid reads ask for what was drawn, so that unknown ids are asked for as well."""
    return operation.effect == "read" and one.meant == "valid" and (one.origin == "coverage" or number % 3 == 2)


def _split(operation: Operation, draws: Iterable[Draw]) -> tuple[list[Draw], list[Draw]]:
    same: list[Draw] = []
    other: list[Draw] = []
    for one in draws:
        (same if one.wire.method == operation.method else other).append(one)
    return same, other


def _spread(draws: list[Draw], limit: int | None) -> list[Draw]:
    """At most `limit` draws, taken in turn from every kind, so that no kind crowds out another."""
    if limit is None or len(draws) <= limit:
        return draws
    kinds: dict[tuple[str, str], list[Draw]] = {}
    for one in draws:
        kinds.setdefault((one.meant, one.kind), []).append(one)
    queues = list(kinds.values())
    taken: list[Draw] = []
    while len(taken) < limit:
        for queue in queues:
            if queue and len(taken) < limit:
                taken.append(queue.pop(0))
    return taken


def _malformed(default: Draw, limit: int) -> list[Draw]:
    wire = default.wire
    if wire.body is None or not (wire.media_type or "").endswith("json") or not wire.body.strip().startswith(b"{"):
        return []
    forms = list(damaged(wire.body))[:limit]
    return [Draw(replace(wire, body=body), "domain", "invalid", what) for what, body in forms]
