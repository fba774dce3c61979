"""JSON from a stranger, read in one way only.

Two readers of one text may see two things in it: of a member that stands there twice one takes the first and one the last.
What a run writes leaves no such choice, so nothing else is read.
"""

from __future__ import annotations

from typing import Any

import orjson

_FORMS = (0, orjson.OPT_INDENT_2)


def plain_json(content: bytes) -> Any:
    """The value of a JSON text that is written as a run writes it. Raises ValueError for any other."""
    value = orjson.loads(content)
    text = content.removesuffix(b"\n")
    try:
        if any(orjson.dumps(value, option=form) == text for form in _FORMS):
            return value
    except TypeError as problem:
        raise ValueError(str(problem)) from None
    raise ValueError(
        "it is not written as a run writes it: a member stands there twice, or something is spelt otherwise"
    )
