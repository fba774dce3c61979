"""Leaving out of a story what does not concern its end."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from oip_conformance.evidence import Exchange
from oip_conformance.reproduction.identifiers import CHOSEN, TOKEN, names_in

_READ = 64 * 1024
"""So many bytes of a body are read: what is longer is long on purpose, and names nothing after that."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def slim(steps: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The end of a story, the writes that concern the same records, and the reads that first showed what is named.

    Two requests concern the same record when one names what the other names or made: a number, an identifier. What was
    asked without a good key prepares nothing.
    """
    kept = [steps[-1]]
    wanted = _named(steps[-1])
    shown_before = [set[str]()]
    for step in steps[:-1]:
        shown_before.append(shown_before[-1] | _named(step) | _made(step))
    for number in range(len(steps) - 2, -1, -1):
        step = steps[number]
        if step.credential not in ("main", "second"):
            continue
        news = _made(step) - shown_before[number] if step.request.method in _READS else _made(step) | _named(step)
        if news & wanted:
            kept.append(step)
            wanted |= _named(step)
    return tuple(reversed(kept))


def _named(exchange: Exchange) -> set[str]:
    """What a request names: identifiers in its address and body, of the forms that are nobody else's."""
    text = unquote(exchange.request.url) + " " + exchange.request.body[:_READ].decode("utf-8", "replace")
    words = {
        part for part in unquote(exchange.request.path).split("/") if len(part) > 3 and any(map(str.isdigit, part))
    }
    return {word.lower() for word in (*TOKEN.findall(text), *CHOSEN.findall(text), *words)}


def _made(exchange: Exchange) -> set[str]:
    """What an answer names that its request did not."""
    if exchange.response is None:
        return set()
    return {name.lower() for name in names_in(exchange.response.body)} - _named(exchange)
