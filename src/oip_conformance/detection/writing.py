"""Writing the kill matrix down: detection.json for machines, detection.md for comments, detection.html for people, and
figures.json, detection.json without the single findings: what ships with the suite as spec/detection.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from oip_conformance.detection.matrix import Matrix

JSON_NAME, MARKDOWN_NAME, HTML_NAME, FIGURES_NAME = "detection.json", "detection.md", "detection.html", "figures.json"
_AS_JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def write_matrix(matrix: Matrix, directory: Path) -> list[Path]:
    """Write the four files; returns their paths."""
    value = matrix.to_json()
    texts = {
        JSON_NAME: orjson.dumps(value, option=_AS_JSON),
        FIGURES_NAME: orjson.dumps({name: part for name, part in value.items() if name != "findings"}, option=_AS_JSON),
        MARKDOWN_NAME: markdown(value).encode(),
        HTML_NAME: _page(value).encode(),
    }
    paths = [directory / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_bytes(text)
    return paths


def markdown(value: dict[str, Any]) -> str:
    """The matrix as Markdown: what is wrong first, then the families, then everything."""
    lines = [f"# Detection: {value['sentence']}", "", _terms(value), ""]
    wrong = [one for one in value["findings"] if one["word"] not in ("caught", "accepted")]
    if wrong:
        lines += ["## What is wrong", "", "| deviation | word | about |", "| --- | --- | --- |"]
        lines += [f"| `{one['id']}` | {one['word']} | {_cell(_about(one))} |" for one in wrong] + [""]
    lacking = value["requirements_without_a_catch"]
    if lacking:
        lines += ["## Requirements that no caught defect breaks", ""]
        lines += [f"- {name}: {why}" for name, why in lacking.items()] + [""]
    lines += ["## Families", "", "| family | defects | caught |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {one['defects']} | {one['caught']} |" for name, one in value["families"].items()]
    lines += ["", "## The kill matrix", "", "| defect | the lie it tells | requirement | word | where |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{one['id']}` | {_cell(one['summary'])} | {', '.join(one['breaks'])} | {one['word']} | {one['where']} |"
        for one in value["findings"]
        if one["kind"] == "defect"
    ]
    lines += [
        "",
        "## Variations",
        "",
        "| variation | the difference | word | what was run |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{one['id']}` | {_cell(one['summary'])} | {one['word']} | {_cell(_run(one))} |"
        for one in value["findings"]
        if one["kind"] == "variation"
    ]
    return "\n".join(lines) + "\n"


def _page(value: dict[str, Any]) -> str:
    environment = Environment(
        loader=PackageLoader("oip_conformance.detection"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("detection.html.j2").render(
        value=value, terms=_terms(value), about=_about, run=_run
    )


def _terms(value: dict[str, Any]) -> str:
    run = value["run"]
    seeds = ", ".join(map(str, run["seeds"]))
    whole = {
        "own": "only the tests of what is broken",
        "near": "whole runs for what the tests around it do not see",
        "whole": "a whole run for every fault",
    }[run["breadth"]]
    return (
        f"Level {run['level']}, seeds {seeds}, {whole}; {run['seconds'] / 60:.1f} minutes with {run['workers']} workers, "
        f"{run['exchanges']} exchanges in {run['runs']} runs. Suite {value['suite']['version']}."
    )


def _about(one: dict[str, Any]) -> str:
    parts = [f"{name} was not seen broken" for name in one["missed"]]
    parts += [f"{name}: {text}" for name, text in one["blamed"].items()]
    return "; ".join([*parts, one["reason"]] if one["reason"] else parts)


def _run(one: dict[str, Any]) -> str:
    """Where a variation was shown, and what was said of it there and not when it was shown with fewer."""
    return "; ".join(part for part in (one["where"], one["reason"]) if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
