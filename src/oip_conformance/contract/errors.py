"""What can be wrong with a contract, an overlay or a name in them: coded, with place and next step."""

from __future__ import annotations


class ContractError(Exception):
    """A contract that cannot be used. `causes` name each place; `hint` is the next step.

    CON-01 the file cannot be read      CON-04 not valid OpenAPI         CON-07 an operation that does not exist
    CON-02 not YAML or JSON             CON-05 an overlay is broken      CON-08 a binding that does not fit
    CON-03 not an OpenAPI document      CON-06 an overlay target matches nothing
    """

    def __init__(self, code: str, message: str, causes: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.causes = causes
        self.hint = hint
