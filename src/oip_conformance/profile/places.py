"""Where in the text of a profile something stands: settings are found by their table and name, values by their text."""

from __future__ import annotations

import re

_HEADING = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+\s*(#.*)?$")


def line_of(text: str, place: str, value: str | None = None) -> int | None:
    """The line of a setting such as `claims.activated`, or of a value within it; None when neither stands there."""
    *tables, name = [step for step in place.split(".") if not step.isdigit()] or [""]
    lines = text.splitlines()
    start = _start(lines, tables)
    setting = _first(lines, name, start) or _first(lines, name, 0)
    if value is None:
        return setting
    return _first(lines, value, (setting or 1) - 1) or setting


def _start(lines: list[str], tables: list[str]) -> int:
    """The index of the heading of the table, or 0."""
    for depth in range(len(tables), 0, -1):
        heading = ".".join(tables[:depth])
        for index, line in enumerate(lines):
            found = _HEADING.match(line)
            if found and found.group(1).replace('"', "").replace(" ", "") == heading:
                return index
    return 0


def _first(lines: list[str], word: str, start: int) -> int | None:
    pattern = re.compile(rf"(^|[\s\[\"'.,{{]){re.escape(word)}([\s\]\"'=.,}}]|$)")
    numbered = enumerate(lines[start:], start + 1)
    return next((number for number, line in numbered if pattern.search(line.split(" #")[0])), None)
