"""Reads XML into plain values, refusing document types (entities) and deep nesting."""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

DEEPEST: Final = 100


class XmlError(Exception):
    """The bytes are not XML that this server reads."""


def read_xml(body: bytes) -> dict[str, Any]:
    """`<a x="1"><b>t</b><b/></a>` as `{"a": {"@x": "1", "b": ["t", ""]}}`; raises `XmlError`."""
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = tree.doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError, ValueError) as error:
        raise XmlError(str(error)) from None
    return tree.root


class _Tree:
    """Collects elements as the parser meets them."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise XmlError("it is nested too deeply")
        self._open.append((name, {f"@{key}": value for key, value in attributes.items()}, []))

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        text = "".join(texts).strip()
        value: Any = children or text
        if children and text:
            children["#text"] = text
        into = self._open[-1][1] if self._open else self.root
        if name in into:
            earlier = into[name]
            into[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            into[name] = value

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def doctype(self, *_: Any) -> None:
        raise XmlError("a document type is not accepted")
