"""What the documentation leaves open is marked where it is decided, and listed in spec/PROVENANCE.md."""

from __future__ import annotations

import re
from pathlib import Path

import oip_reference
from oip_conformance.resources import spec_directory

PACKAGE = Path(oip_reference.__file__).parent


def deciding_modules() -> set[str]:
    return {
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in PACKAGE.rglob("*.py")
        if "our reading" in path.read_text(encoding="utf-8").lower() and path.name != "__init__.py"
    }


def test_every_choice_of_the_reference_server_is_listed_and_no_other():
    text = (spec_directory() / "PROVENANCE.md").read_text(encoding="utf-8")
    section = text.partition("## Choices of the reference server")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([a-z_/]+)` \| .{20,} \|$", section, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == deciding_modules()
