"""What can be wrong with a contract, an overlay or a name in them: coded, with place and next step."""

from __future__ import annotations

CODES: dict[str, str] = {
    "CON-01": "a contract or overlay cannot be read",
    "CON-02": "it is not YAML or JSON",
    "CON-03": "it is not an OpenAPI 3.0 or 3.1 document",
    "CON-04": "it is not valid OpenAPI",
    "CON-05": "an overlay is broken, or an action does not fit what it selects",
    "CON-06": "an overlay action selects nothing",
    "CON-07": "an operation that the contract does not have",
    "CON-08": "a binding that does not fit the contract",
    "CON-09": "a reference to another document that is not followed",
    "CON-10": "a document at an address that cannot be fetched",
}


class ContractError(Exception):
    """A contract that cannot be used. `causes` name each place; `hint` is the next step; codes are listed in CODES."""

    def __init__(self, code: str, message: str, causes: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.causes = causes
        self.hint = hint


class OperationMissing(ContractError):
    """An operation that is asked for and that the contract does not have (CON-07)."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__("CON-07", f"the contract has no operation {name!r}.", hint=hint)
