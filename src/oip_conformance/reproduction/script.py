"""A recipe as a runnable script: the failure in its docstring, the requests as data, and the player's source below."""

from __future__ import annotations

import inspect
import pprint
import re

from oip_conformance.reproduction import player
from oip_conformance.reproduction.recipe import Recipe

_TEXT = '''#!/usr/bin/env python3
"""{summary}

Sends {count} to a target, a few times if need be, and says whether it still answers in the recorded wrong way.

    OIP_API_KEY=... python3 {name} [BASE_URL]

Exit code: 1 reproduced, 0 not reproduced, 2 wrong use, 3 could not be decided.
Keys, tokens and personal numbers were redacted when they were recorded: the key is taken from the environment, other
redacted values are sent as they stand here. Phone numbers, identifiers and addresses of customers are made anew.
"""

from __future__ import annotations

{imports}

RECIPE = {data}


{player}

if __name__ == "__main__":
    sys.exit(main(RECIPE, sys.argv[1:]))
'''


def script(recipe: Recipe) -> str:
    """The text of a script that needs nothing but Python, the key and the target."""
    failure = recipe.failure
    source = inspect.getsource(player)
    imports, body = source.split("from __future__ import annotations\n", 1)[1].split("\n\nREPRODUCED", 1)
    lines = [
        f"{failure['id']} {failure['requirement']}: {failure['title']}",
        "",
        f"Requirement: {failure['requirement_title']} ({failure['source']}: {failure['clause']})",
        f"Expected:    {failure['expected']}",
        f"Got:         {failure['got']}",
        f"Why:         {failure['why_it_matters']}",
        f"Try:         {failure['what_to_try']}",
    ]
    count = "one request" if len(recipe.steps) == 1 else f"{len(recipe.steps)} requests"
    return _TEXT.format(
        summary=_docstring("\n".join(lines)),
        count=count,
        name=script_name(recipe),
        imports=imports.strip(),
        data=pprint.pformat(dict(recipe.data), width=118, sort_dicts=False),
        player="REPRODUCED" + body.rstrip() + "\n",
    )


def script_name(recipe: Recipe) -> str:
    """The name of a failure's script: F01-OIP-PROMO-05-redeemPromotion.py."""
    parts = (recipe.failure["id"], recipe.failure["requirement"], recipe.failure["operation"] or "")
    return re.sub(r"[^A-Za-z0-9-]+", "-", "-".join(filter(None, parts))).strip("-") + ".py"


def _docstring(text: str) -> str:
    """Text that ends no docstring early and stays one."""
    return "".join(
        character if character.isprintable() or character == "\n" else " " for character in text.replace("\\", "\\\\")
    ).replace('"""', "'''")
