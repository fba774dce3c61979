"""Text of others inside Markdown: shown as it is, and nothing more."""

from __future__ import annotations


def escape(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line, and that notifies nobody."""
    for character in "\\`*_[]|#~":
        text = text.replace(character, f"\\{character}")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
    return " ".join(text.split())


def escape_code(text: str) -> str:
    """Text for a code span: no backtick ends it early."""
    return " ".join(text.replace("`", "'").split())


def fenced(text: str) -> str:
    """Text for a fenced block, one line, without a fence of its own."""
    return " ".join(text.replace("```", "'''").splitlines())
