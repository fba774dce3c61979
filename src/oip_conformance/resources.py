"""Where the files that ship beside the code are found: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def spec_directory() -> Path:
    """The folder with the contract, the requirement register, overlays and example profiles."""
    return _shipped("_spec", _CHECKOUT / "spec")


def suite_directory() -> Path:
    """The folder with the conformance tests that are run against a target."""
    return _shipped("_suite", _CHECKOUT / "tests" / "conformance")


def _shipped(inside_wheel: str, in_checkout: Path) -> Path:
    shipped = _PACKAGE / inside_wheel
    return shipped if shipped.is_dir() else in_checkout
