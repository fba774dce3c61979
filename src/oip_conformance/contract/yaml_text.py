"""YAML as OpenAPI reads it: version 1.2, where every value has a JSON equivalent and no key stands twice."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

NODES = 2_000_000
"""How many values a document may have once its aliases are written out."""

_PLAIN: tuple[tuple[str, str, str], ...] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
)
"""How plain scalars are told apart, as the core schema of YAML 1.2 says; a number with leading zeros stays text."""


class _Loader(_Fast):  # type: ignore[misc]  # the C loader where there is one, which is a class only at run time
    """Dates, `NO`, `on` and 0010 stay the text they are; keys are text, and none stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        if isinstance(node, yaml.MappingNode):
            self.flatten_mapping(node)
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    key.tag = "tag:yaml.org,2002:str"
        made: dict[str, Any] = super().construct_mapping(node, deep)
        return made

    def construct_integer(self, node: Any) -> int:
        return int(self.construct_scalar(node), 0)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _letters in _PLAIN:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_letters))
_Loader.yaml_implicit_resolvers[""] = _Loader.yaml_implicit_resolvers.pop("\0")
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_integer)


def parse_yaml(text: str) -> Any:
    """The value of a YAML text. Raises yaml.YAMLError, ValueError or RecursionError."""
    value = yaml.load(text, _Loader)
    _count(value)
    return value


def parse_json(text: str) -> Any:
    """The value of a JSON text, in which no key stands twice. Raises ValueError or RecursionError."""
    return json.loads(text, object_pairs_hook=_once)


def line_of(text: str, pointer: str) -> int | None:
    """The line on which the value at a JSON Pointer begins, or None where that cannot be told."""
    try:
        node = yaml.compose(text, _Loader)
    except (yaml.YAMLError, RecursionError):
        return None
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == name), None)
        elif isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
            found = node.value[int(name)]
        else:
            found = None
        if found is None:
            break
        node = found
    return int(node.start_mark.line) + 1 if node is not None else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return made


def _count(value: Any) -> None:
    """Refuse a document that its aliases make endless."""
    waiting, seen = [value], 0
    while waiting:
        seen += 1
        if seen > NODES:
            raise ValueError(f"written out, its aliases make more than {NODES:,} values")
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
