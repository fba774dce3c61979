"""Functions that were agreed with one client: what the account's fixtures name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oip_conformance.profile.model import FunctionFixture
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.wellknown import FUNCTIONS


class Functions(Domain):
    """Our reading of a free format: a function answers the agreed body where one is fixed, and else what it got."""

    @handles("customerFunction")
    def customer_function(self, call: Call) -> Answer:
        return self._call(call, call.tenant.fixtures.functions.customer)

    @handles("promotionsFunction")
    def promotions_function(self, call: Call) -> Answer:
        return self._call(call, call.tenant.fixtures.functions.promotions)

    def _call(self, call: Call, configured: Mapping[str, FunctionFixture]) -> Answer:
        function = self.function_named(call, configured, call.path["functionName"])
        return Answer(200, self.result(call, function))

    # rules

    def function_named(self, call: Call, configured: Mapping[str, FunctionFixture], name: str) -> FunctionFixture:
        """The agreed function; an account that names none has those of every sandbox."""
        function = (configured or {name: FunctionFixture() for name in FUNCTIONS}).get(name)
        if function is None:
            raise call.not_found("There is no such function.")
        return function

    def result(self, call: Call, function: FunctionFixture) -> Any:
        return call.body if function.response is None else function.response
