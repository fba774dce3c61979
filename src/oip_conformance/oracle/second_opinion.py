"""Schemathesis' own response checks, asked of every recorded exchange: a second implementation of the contract rules.

Our rules and these read the same contract with different code, so a blind spot of one is not a blind spot of the suite.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from oip_conformance.contract import Contract
from oip_conformance.evidence import Exchange
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule
from oip_conformance.oracle.seen import Seen
from oip_conformance.oracle.status import ANYWHERE, is_refused_before_the_operation

Check = Callable[[Any, Response, Any], bool | None]


@rule("OIP-CORE-03")
def schemathesis_status_code_conformance(scene: Scene) -> Judgement:
    """Schemathesis: the status is documented. Statuses of the whole platform are not asked about."""
    return _ask(scene, checks.status_code_conformance)


@rule("OIP-CORE-04")
def schemathesis_content_type_conformance(scene: Scene) -> Judgement:
    """Schemathesis: the content type is documented."""
    return _ask(scene, checks.content_type_conformance)


@rule("OIP-CORE-05")
def schemathesis_response_schema_conformance(scene: Scene) -> Judgement:
    """Schemathesis: the body conforms to its schema."""
    return _ask(scene, checks.response_schema_conformance)


@rule("OIP-CORE-09")
def schemathesis_response_headers_conformance(scene: Scene) -> Judgement:
    """Schemathesis: documented headers are there and have their documented form."""
    return _ask(scene, checks.response_headers_conformance)


def _ask(scene: Scene, check: Check) -> Judgement:
    exchange, operation = scene.exchange, scene.operation
    if exchange.response is None or operation is None or exchange.request.method == "HEAD":
        return None
    status = exchange.response.status
    if not operation.documents(status) and (
        status in ANYWHERE or status >= 500 or is_refused_before_the_operation(exchange, operation)
    ):
        return None
    if check is not checks.status_code_conformance and not operation.documents(status):
        return None
    if not exchange.response.body and check is checks.content_type_conformance:
        return None
    kept = _statuses_kept(scene.contract) if check is checks.status_code_conformance else set()
    if (operation.id, status) in kept:
        return KEPT
    if check is checks.response_schema_conformance:
        key = (operation.id, status, exchange.response.header("content-type"), exchange.response.body_digest)
        return _bodies(scene.contract)(key, lambda: _opinion(scene.contract, operation.id, exchange, check))
    opinion = _opinion(scene.contract, operation.id, exchange, check)
    if opinion is KEPT:
        kept.add((operation.id, status))
    return opinion


def _opinion(contract: Contract, operation: str, exchange: Exchange, check: Check) -> Judgement:
    assert exchange.response is not None
    case = cases_of(contract)(operation)
    try:
        check(None, _response(exchange), case)
    except FailureGroup as group:
        return _broken(check, exchange.response.status, group.exceptions[0])
    except Failure as failure:
        return _broken(check, exchange.response.status, failure)
    return KEPT


def _broken(check: Check, status: int, failure: BaseException) -> Broken:
    name = getattr(check, "__name__", "check")
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    title = getattr(failure, "title", None) or (lines[0] if lines else name)
    return Broken(
        f"schemathesis {name} {status}: {title}",
        f"Schemathesis: {title}",
        "a response as the contract documents it",
        " ".join(lines)[:300],
    )


@lru_cache(maxsize=4)
def cases_of(contract: Contract) -> Callable[[str], Any]:
    """Schemathesis' case of an operation of the contract, by its id."""
    schema = schemathesis.openapi.from_dict(contract.document_to_change())

    @cache
    def case(operation_id: str) -> Any:
        return schema.find_operation_by_id(operation_id).Case()

    return case


@lru_cache(maxsize=4)
def _statuses_kept(_contract: Contract) -> set[tuple[str, int]]:
    """The operations and statuses that the check of statuses has found good already; it looks at nothing else."""
    return set()


@lru_cache(maxsize=4)
def _bodies(_contract: Contract) -> Seen[Judgement]:
    """The check of schemas looks at the status, the content type and the body, and at nothing else."""
    return Seen()


_NO_REQUEST = requests.Request("GET", "http://localhost/").prepare()


def _response(exchange: Exchange) -> Response:
    assert exchange.response is not None
    headers: dict[str, list[str]] = {}
    for name, value in exchange.response.headers:
        headers.setdefault(name.lower(), []).append(value)
    return Response(
        status_code=exchange.response.status,
        headers=headers,
        content=exchange.response.body,
        request=_NO_REQUEST,
        elapsed=exchange.elapsed,
        verify=True,
    )
