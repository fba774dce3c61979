"""OIP Conformance: decides, and proves, whether an endpoint keeps the published OIP contract."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("oip-conformance")
except PackageNotFoundError:  # imported from a source tree that was never installed
    __version__ = "0.0.0"
