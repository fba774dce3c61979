"""Reading a profile: every mistake at once, each with its code, its line and the next step."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from oip_conformance.profile.model import CLASSES, Profile
from oip_conformance.profile.problems import Problem, ProfileError
from oip_conformance.resources import spec_directory

_SECRET_NAME = re.compile(r"(?i)^(x-)?(api[-_]?)?(key|token|secret|password|authorization|credential)s?$|api[-_]?key$")


def load_profile(path: Path) -> Profile:
    """The profile in a TOML file. Raises ProfileError with every mistake found."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProfileError(path.name, [Problem("CFG-02", path.name, "it is not UTF-8 text.")]) from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ProfileError(path.name, [Problem("CFG-01", str(path), f"{reason}.")]) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"line (\d+)", str(problem))
        line = int(found.group(1)) if found else None
        raise ProfileError(path.name, [Problem("CFG-02", path.name, f"{problem}.", line)]) from None
    problems = [*_secrets(values, text)]
    try:
        profile = Profile.model_validate(_tuples(values))
    except ValidationError as error:
        told = {problem.place for problem in problems}
        problems += [one for one in _mistakes(error, text) if one.place not in told]
        raise ProfileError(path.name, problems) from None
    problems += _senses(profile, path, text)
    if problems:
        raise ProfileError(path.name, problems)
    profile._path = path.resolve()
    return profile


def default_profile() -> Profile:
    """The documented default: the embedded reference server with everything activated."""
    return load_profile(spec_directory() / "profiles" / "embedded.toml")


def contract_files(profile: Profile) -> tuple[Path | None, tuple[Path, ...]]:
    """The contract file (None: the one that ships) and the overlay files that a profile names."""
    folder = profile.path.parent if profile.path else Path.cwd()
    file = folder / profile.contract.file if profile.contract.file else None
    return file, tuple(overlay_file(name, folder) for name in profile.contract.overlays)


def overlay_file(name: str, folder: Path) -> Path:
    """The file of an overlay: a path relative to the profile, or the short name of one that ships."""
    shipped = spec_directory() / "overlays" / f"{name}.overlay.yaml"
    return shipped if re.fullmatch(r"[\w.-]+", name) and shipped.is_file() else folder / name


def check_against(
    profile: Profile, operations: Collection[str], classes: Collection[str] = CLASSES, text: str = ""
) -> list[Problem]:
    """The names in a profile that the contract does not have."""
    problems = []
    claims = profile.claims
    activated = () if claims.activated == "all" else claims.activated
    named = [(f"claims.activated: {name}", name) for name in activated]
    named += [(f"claims.not_activated: {name}", name) for name in claims.not_activated]
    named += [(f"operations.{name}", name) for name in profile.operations]
    named += [(f"safety.external.{name}", name) for name in profile.safety.external]
    for place, name in named:
        if name not in operations:
            problems.append(
                Problem(
                    "CFG-20",
                    place,
                    f"the contract has no operation {name!r}.",
                    _line(text, name),
                    _close(name, operations),
                )
            )
    problems += [
        Problem(
            "CFG-21",
            f"claims.classes: {name}",
            f"there is no class {name!r}.",
            _line(text, name),
            _close(name, classes),
        )
        for name in (() if claims.classes == "all" else claims.classes)
        if name not in classes
    ]
    return problems


def _senses(profile: Profile, path: Path, text: str) -> list[Problem]:
    problems = []
    url = profile.target.url
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            problems.append(Problem("CFG-40", "target.url", "it is no http(s) address.", _line(text, "url")))
        if parts.username or parts.password or parts.query or parts.fragment:
            message = "it carries credentials, a query or a fragment."
            problems.append(Problem("CFG-06", "target.url", message, _line(text, "url")))
    first, last = profile.data.phone_range
    pattern = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
    if not (pattern.fullmatch(first) and pattern.fullmatch(last) and len(first) == len(last) and first <= last):
        problems.append(
            Problem("CFG-60", "data.phone_range", f"{first} to {last} is no range.", _line(text, "phone_range"))
        )
    for name, recipients in profile.safety.external.items():
        if not recipients:
            problems.append(Problem("CFG-61", f"safety.external.{name}", "it names no recipient.", _line(text, name)))
    if profile.claims.activated != "all":
        for name in sorted(set(profile.claims.activated) & set(profile.claims.not_activated)):
            problems.append(Problem("CFG-22", "claims", f"{name} stands in both lists.", _line(text, name)))
    folder = path.parent
    if profile.contract.file and not (folder / profile.contract.file).is_file():
        problems.append(
            Problem("CFG-80", "contract.file", f"there is no {profile.contract.file}.", _line(text, "file"))
        )
    for name in profile.contract.overlays:
        if not overlay_file(name, folder).is_file():
            problems.append(Problem("CFG-80", "contract.overlays", f"there is no overlay {name}.", _line(text, name)))
    return problems


def _secrets(values: Mapping[str, Any], text: str, place: str = "") -> list[Problem]:
    found = []
    for name, value in values.items():
        here = f"{place}.{name}" if place else name
        if isinstance(value, dict):
            found += _secrets(value, text, here)
        elif (
            isinstance(value, str)
            and value
            and _SECRET_NAME.search(name)
            and not here.startswith("fixtures.promotions")
        ):
            found.append(Problem("CFG-06", here, "a key or another secret stands here.", _line(text, name)))
    return found


def _mistakes(error: ValidationError, text: str) -> list[Problem]:
    problems = []
    for one in error.errors(include_url=False, include_input=False):
        steps = [str(step) for step in one["loc"] if not str(step).startswith(("tuple[", "literal[", "function-"))]
        place, name = ".".join(steps), steps[-1] if steps else ""
        line = _line(text, name)
        match one["type"]:
            case "extra_forbidden":
                hint = _close(name, _settings(steps[:-1]))
                problems.append(Problem("CFG-03", place, f"there is no setting {name!r} here.", line, hint))
            case "missing":
                problems.append(Problem("CFG-05", place, "it is required."))
            case "greater_than" | "less_than_equal":
                problems.append(Problem("CFG-62", place, f"{one['msg']}.", line))
            case _:
                problems.append(Problem("CFG-04", place, f"{one['msg']}.", line))
    return list(dict.fromkeys(problems))


def _settings(steps: list[str]) -> list[str]:
    """The settings that a table of the profile has."""
    model: type[BaseModel] = Profile
    for step in steps:
        kind = model.model_fields[step].annotation if step in model.model_fields else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        model = kind
    return list(model.model_fields)


def _close(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 1)
    return f"Did you mean {close[0]!r}?" if close else ""


def _line(text: str, name: str) -> int | None:
    """The line on which a name first stands as a setting or a value."""
    pattern = re.compile(rf"(^|[\s\[\"'.,]){re.escape(name)}([\s\]\"'=.,]|$)")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)), None)


def _tuples(value: Any) -> Any:
    """TOML's lists as the tuples that a frozen model holds."""
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
