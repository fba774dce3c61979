"""Reading a contract or an overlay from a file or an address, and its canonical digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.remote import fetch, is_address
from oip_conformance.contract.yaml_text import line_of, parse_json, parse_yaml

Source = Path | str
"""A file, or the http(s) address at which a document is published."""


def read_document(source: Source) -> dict[str, Any]:
    """The mapping in a YAML or JSON document. Raises ContractError CON-01, CON-02, CON-03 or CON-10."""
    value = _parsed(read_text(source), name_of(source))
    if not isinstance(value, dict):
        raise ContractError(
            "CON-03",
            f"{name_of(source)} holds no mapping.",
            ("/",),
            "An OpenAPI document or an overlay is a mapping.",
        )
    return value


def read_text(source: Source) -> str:
    """The text of a document. Raises ContractError CON-01, CON-02 or CON-10."""
    name = name_of(source)
    try:
        content = fetch(str(source)) if is_address(source) else Path(source).read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ContractError("CON-02", f"{name} is not UTF-8 text.", hint="Save the file as UTF-8.") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise ContractError(
            "CON-01", f"{name} cannot be read: {reason}.", hint="Check the path; in a profile it is relative to it."
        ) from problem


def name_of(source: Source) -> str:
    """What a person calls a document: the last part of its path."""
    try:
        path = urlsplit(str(source)).path if is_address(source) else str(source)
    except ValueError:
        path = str(source)
    return Path(path).name or str(source)


def place_in(source: Source, pointer: str) -> str:
    """A JSON Pointer with its line, where the document can be read again and a line says something."""
    try:
        text = "" if is_address(source) else read_text(source)
    except ContractError:
        text = ""
    line = line_of(text, pointer) if text.count("\n") > 1 else None
    return f"{pointer or '/'} (line {line})" if line else pointer or "/"


def digest_of(value: Any) -> str:
    """sha256 over canonical JSON: sorted keys, no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _parsed(text: str, name: str) -> Any:
    """JSON that calls itself so, or looks so, is read as JSON; all else is YAML, of which JSON is a part."""
    if name.endswith(".json"):
        return _told(parse_json, text, name, "JSON")
    if text.lstrip()[:1] == "{":
        try:
            return parse_json(text)
        except (ValueError, RecursionError):
            pass
    return _told(parse_yaml, text, name, "YAML")


def _told(parse: Callable[[str], Any], text: str, name: str, kind: str) -> Any:
    try:
        return parse(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        cause = f"{place}: {problem.problem}"
    except json.JSONDecodeError as problem:
        cause = f"line {problem.lineno}, column {problem.colno}: {problem.msg}"
    except RecursionError:
        cause = "it is nested too deeply"
    except (yaml.YAMLError, ValueError) as problem:
        cause = str(problem)
    raise ContractError("CON-02", f"{name} is not {kind}.", (cause,), "Mend the syntax there.")
