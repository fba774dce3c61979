"""The published JSON Schema of a profile agrees with the model, in what it takes and what it refuses."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from oip_conformance.profile.schema import profile_schema
from oip_conformance.resources import spec_directory

EXAMPLES = sorted((spec_directory() / "profiles").rglob("*.toml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_keep_the_schema(file: Path) -> None:
    """An editor that checks with the schema finds nothing wrong in what ships."""
    jsonschema_rs.Draft202012Validator(profile_schema()).validate(tomllib.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "x", "nmae": "y"},
        {"name": "x", "claims": {"classes": ["shops"]}},
        {"name": "x", "limits": {"concurrency": 0}},
        {"name": "x", "fixtures": {"promotions": {"opn": "1"}}},
        {"name": "x", "operations": {"getStores": {"method": "BREW"}}},
    ],
    ids=["no name", "unknown setting", "unknown class", "out of range", "unknown role", "unknown method"],
)
def test_the_schema_refuses_what_the_model_refuses(values: dict[str, Any]) -> None:
    """The schema is closed and has the enumerations."""
    assert not jsonschema_rs.Draft202012Validator(profile_schema()).is_valid(values)


def test_every_setting_is_described() -> None:
    """The schema is the reference that an editor shows, so no setting stands there without a word."""
    silent = [
        f"{table}.{name}"
        for table, definition in profile_schema()["$defs"].items()
        for name, setting in definition["properties"].items()
        if not setting.get("description") and "$ref" not in setting
    ]
    assert not silent
