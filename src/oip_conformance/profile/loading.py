"""Reading a profile: every mistake at once, each with its code, its line and the next step."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from oip_conformance.profile.model import Profile
from oip_conformance.profile.places import line_of
from oip_conformance.profile.problems import Problem, ProfileError
from oip_conformance.profile.senses import overlay_file, senses
from oip_conformance.resources import spec_directory

_SECRET_NAME = re.compile(r"(?i)^(x-)?(api[-_]?)?(key|token|secret|password|authorization|credential)s?$|api[-_]?key$")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def load_profile(path: Path) -> Profile:
    """The profile in a TOML file. Raises ProfileError with every mistake found."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProfileError(path.name or str(path), [Problem("CFG-02", path.name, "it is not UTF-8 text.")]) from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ProfileError(path.name or str(path), [Problem("CFG-01", str(path), f"{reason}.")]) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"line (\d+)", str(problem))
        line = int(found.group(1)) if found else max(1, len(text.splitlines()))
        raise ProfileError(path.name or str(path), [Problem("CFG-02", path.name, f"{problem}.", line)]) from None
    problems = [*_secrets(values, text)]
    try:
        profile = Profile.model_validate(_tuples(values))
    except ValidationError as error:
        told = {problem.place for problem in problems}
        problems += [one for one in _mistakes(error, text) if one.place not in told]
        raise ProfileError(path.name or str(path), problems) from None
    problems += senses(profile, path, text)
    if any(problem.stops for problem in problems):
        raise ProfileError(path.name or str(path), problems)
    profile._path, profile._text = path.resolve(), text
    return profile


def profile_of(content: Mapping[str, Any]) -> Profile:
    """The profile with this content, as `Profile.model_dump(mode="json")` wrote it. Raises ProfileError."""
    try:
        return Profile.model_validate(_tuples(content))
    except ValidationError as error:
        raise ProfileError("the recorded profile", _mistakes(error, "")) from None


def stranger_profile_path() -> Path:
    """The profile for a target elsewhere that none was given for: nothing is known to exist there, reads only."""
    return spec_directory() / "profiles" / "stranger.toml"


def default_profile() -> Profile:
    """The documented default: the embedded reference server with everything activated."""
    return _shipped(spec_directory() / "profiles" / "embedded.toml")


@cache
def _shipped(path: Path) -> Profile:
    """A profile of the suite's own, which does not change while it runs."""
    return load_profile(path)


def contract_files(profile: Profile) -> tuple[Path | None, tuple[Path, ...]]:
    """The contract file (None: the one that ships) and the overlay files that a profile names."""
    folder = profile.path.parent if profile.path else Path.cwd()
    file = folder / profile.contract.file if profile.contract.file else None
    return file, tuple(overlay_file(name, folder) for name in profile.contract.overlays)


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
            found.append(Problem("CFG-06", here, "a key or another secret stands here.", line_of(text, here)))
        elif isinstance(value, str) and name.endswith("_env") and not _VARIABLE.fullmatch(value):
            message = "it is no name of an environment variable; if it is a key, it must not stand here."
            found.append(Problem("CFG-06", here, message, line_of(text, here)))
    return found


def _mistakes(error: ValidationError, text: str) -> list[Problem]:
    problems = []
    for one in error.errors(include_url=False, include_input=False):
        steps = [str(step) for step in one["loc"] if not str(step).startswith(("tuple[", "literal[", "function-"))]
        place, name = ".".join(steps), steps[-1] if steps else ""
        line = line_of(text, place)
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


def _tuples(value: Any) -> Any:
    """TOML's lists as the tuples that a frozen model holds."""
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
