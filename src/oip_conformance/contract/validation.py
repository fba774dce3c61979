"""The gate before every run: a contract that is not valid OpenAPI stops it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from jsonschema_rs import ReferencingError, ValidationError

from oip_conformance.contract.contract import Contract
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.operation import Operation
from oip_conformance.contract.specification import SHOWN, placed, specification_mistakes


@lru_cache(maxsize=16)
def validate_contract(contract: Contract) -> None:
    """Raise ContractError CON-04 with each place where the contract is not valid OpenAPI; a sound one is asked once."""
    causes = placed(specification_mistakes(contract.published), contract.source)
    causes = causes or [one for operation in contract.operations.values() for one in _unusable(operation)]
    if causes:
        more = f" (and {len(causes) - SHOWN} more)" if len(causes) > SHOWN else ""
        raise ContractError(
            "CON-04",
            f"the contract is not valid OpenAPI: {len(causes)} mistakes{more}.",
            tuple(causes[:SHOWN]),
            "Mend them and run `oip-conformance contract validate` again.",
        )


def samples_that_break_their_schema(contract: Contract) -> list[str]:
    """Each example of a contract that its own schema refuses: where it stands, and what is wrong with it."""
    return [one for operation in contract.operations.values() for one in _broken_samples(operation)]


def _unusable(operation: Operation) -> Iterator[str]:
    """The schemas of an operation that no validator can be made of."""
    for part, content in operation.content.items():
        for media_type in content:
            try:
                operation.errors_of(part, media_type, None)
            except (ValidationError, ReferencingError, ValueError, TypeError) as problem:
                place = f"{operation.method} {operation.path} {part} {media_type}"
                yield f"{place}: the schema cannot be used: {str(problem).splitlines()[0][:200]}"


def _broken_samples(operation: Operation) -> Iterator[str]:
    for part, content in operation.content.items():
        for media_type in content:
            for name, value in operation.examples_of(part, media_type).items():
                for error in operation.errors_of(part, media_type, value)[:1]:
                    place = f"{operation.method} {operation.path} {part} {media_type}"
                    yield f"{place}: the sample {name!r} breaks its schema at {error.pointer or '/'}: {error.message}"
