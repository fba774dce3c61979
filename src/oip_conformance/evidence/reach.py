"""Reach with power: what tests did on a target beyond sending to it. Rules of models that applied, values compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class ModelReach:
    """One model: how often each of its rules applied, and which rule followed which."""

    rules: Counter[str] = field(default_factory=Counter)
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)


class Reach:
    """Counts what the tests of a process did; what processes counted apart is added with `merge`.

    `models` by name; `compared` holds the places of response fields whose value was held to an expected one, by
    operation (`/data/promotions[]/id`).
    """

    def __init__(self) -> None:
        self.models: dict[str, ModelReach] = {}
        self.compared: dict[str, set[str]] = {}

    def declare(self, model: str, rules: Iterable[str]) -> ModelReach:
        """Name a model's rules, so that one that never applies is seen to be missed."""
        reach = self.models.setdefault(model, ModelReach())
        reach.rules.update(dict.fromkeys(rules, 0))
        return reach

    def compare(self, operation: str, place: str) -> None:
        """Note that the value at a place of a response was held to an expected one."""
        self.compared.setdefault(operation, set()).add(place)

    def merge(self, other: Reach) -> None:
        """Add what another process of the run counted."""
        for name, theirs in other.models.items():
            ours = self.declare(name, theirs.rules)
            ours.rules.update(theirs.rules)
            ours.transitions.update(theirs.transitions)
        for operation, places in other.compared.items():
            self.compared.setdefault(operation, set()).update(places)

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal reach."""
        return {
            "models": {
                name: {
                    "rules": dict(sorted(one.rules.items())),
                    "transitions": [[*pair, count] for pair, count in sorted(one.transitions.items())],
                }
                for name, one in sorted(self.models.items())
            },
            "compared": {operation: sorted(places) for operation, places in sorted(self.compared.items())},
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The reach that `to_json` wrote."""
        reach = cls()
        for name, one in record["models"].items():
            model = reach.declare(name, one["rules"])
            model.rules.update(one["rules"])
            model.transitions.update({(first, then): count for first, then, count in one["transitions"]})
        reach.compared = {operation: set(places) for operation, places in record["compared"].items()}
        return reach


def place_of(steps: Iterable[str | int]) -> str:
    """The place that steps into a JSON value lead to, `[]` standing for the items of a list."""
    return "".join("[]" if isinstance(step, int) else f"/{step}" for step in steps)


def place_within(body: Any, part: Any, place: str = "") -> str | None:
    """The place of an object or list inside a JSON value, found by identity; None when it is no part of it."""
    if body is part:
        return place
    inner: Iterable[tuple[Any, str]] = ()
    if isinstance(body, dict):
        inner = [(value, f"{place}/{name}") for name, value in body.items() if isinstance(value, dict | list)]
    elif isinstance(body, list):
        inner = [(value, f"{place}[]") for value in body if isinstance(value, dict | list)]
    return next((found for value, at in inner if (found := place_within(value, part, at)) is not None), None)


def leaves_of(value: Any, ignored: Collection[str] = (), place: str = "") -> Iterator[str]:
    """The places of all texts, numbers and other plain values inside a JSON value, members of these names left out."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in ignored:
                yield from leaves_of(part, ignored, f"{place}/{name}")
    elif isinstance(value, list):
        for part in value:
            yield from leaves_of(part, ignored, f"{place}[]")
    else:
        yield place
