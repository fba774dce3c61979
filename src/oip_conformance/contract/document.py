"""Reading a contract or an overlay from a file, and its canonical digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from oip_conformance.contract.errors import ContractError

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(Loader):  # type: ignore[misc]  # the C loader where there is one, which is a class only at run time
    """YAML as OpenAPI reads it: what looks like a date stays the text it is."""


_PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in Loader.yaml_implicit_resolvers.items()
}


def read_document(path: Path) -> dict[str, Any]:
    """The mapping in a YAML or JSON file. Raises ContractError CON-01, CON-02 or CON-03."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise ContractError("CON-02", f"{path.name} is not UTF-8 text.", hint="Save the file as UTF-8.") from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ContractError(
            "CON-01", f"{path.name} cannot be read: {reason}.", hint="Check the path; it is relative to the profile."
        ) from problem
    try:
        value = json.loads(text) if path.suffix == ".json" else yaml.load(text, _PlainLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise ContractError(
            "CON-02", f"{path.name} is not YAML.", (f"{place}: {problem.problem}",), "Mend the syntax there."
        ) from problem
    except json.JSONDecodeError as problem:
        cause = f"line {problem.lineno}, column {problem.colno}: {problem.msg}"
        raise ContractError("CON-02", f"{path.name} is not JSON.", (cause,), "Mend the syntax there.") from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise ContractError(
            "CON-02", f"{path.name} cannot be parsed.", (str(problem),), "Mend the syntax."
        ) from problem
    if not isinstance(value, dict):
        raise ContractError(
            "CON-03", f"{path.name} holds no mapping.", ("/",), "An OpenAPI document or an overlay is a mapping."
        )
    return value


def digest_of(value: Any) -> str:
    """sha256 over canonical JSON: sorted keys, no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
