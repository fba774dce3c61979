"""What a domain is: a class whose methods answer operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.parts import Part

if TYPE_CHECKING:
    from oip_reference.tenancy.tenant import Tenant

D = TypeVar("D", bound="Domain")

_OPERATIONS = "__answers_operations__"


def handles(*operation_ids: str) -> Callable[[Callable[[D, Call], Answer]], Callable[[D, Call], Answer]]:
    """Marks a method of a domain as the one that answers the named operations."""

    def mark(method: Callable[[D, Call], Answer]) -> Callable[[D, Call], Answer]:
        setattr(method, _OPERATIONS, operation_ids)
        return method

    return mark


class Domain(Part):
    """A subject of the API with its rules; each rule is one small method, so that it can be replaced alone."""

    def seed(self, tenant: Tenant) -> None:
        """Writes what a fresh account holds of this subject; called once a tenant and database."""

    @classmethod
    def answered_operations(cls) -> dict[str, str]:
        """operationId -> the name of the method that answers it."""
        return {operation_id: name for name in dir(cls) for operation_id in _operations_of(getattr(cls, name))}


def _operations_of(member: object) -> Iterable[str]:
    return getattr(member, _OPERATIONS, ())
