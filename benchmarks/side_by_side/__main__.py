"""The command line: `python -m benchmarks.side_by_side --help`."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.side_by_side.counting import profile_of, sights, sound, subject_of
from benchmarks.side_by_side.ledger import Ledger, OtherTerms
from benchmarks.side_by_side.sample import sampled
from benchmarks.side_by_side.tables import document
from benchmarks.side_by_side.tools import Tool, found_tools
from benchmarks.side_by_side.trial import Contracts, Trial, perform

from oip_conformance.detection.deviations import Deviation, known_deviations

EXPLANATION = """\
Runs our suite and other API testing tools against the same faulty servers and compares what they see.

For every defect (a deliberate fault of the reference server) and every harmless variation in the sample, each tool is run
once: on a server started for it, with the same seeded records, key and contract, behind a relay that counts requests and
interrupts the tool when the budget is spent. A tool catches a defect when it reports any failure (operation and kind) that
none of its runs on the sound server has; on a variation that is a false alarm. For our suite the stricter number is given as
well: a requirement that the defect breaks is among the failures.

Tools: Schemathesis is installed with the suite. The others come from npm, in a folder outside the checkout:
  npm i --ignore-scripts specmatic dredd @apideck/portman newman      (Specmatic needs Java 17)
Give its node_modules with --node-modules; what is not found is left out, and said so.

Writes side_by_side.ndjson (an observation a line, at once), side_by_side.json and side_by_side.md into --output. Ends with 0
when all observations are made, 1 when some have no report, 2 for wrong use."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, or go on measuring, and write the tables."""
    chosen = _options().parse_args(arguments)
    tools, missing = found_tools(chosen.node_modules)
    tools = [one for one in tools if not chosen.tool or one.name in chosen.tool]
    for name, hint in missing.items():
        print(f"left out: {name} is not found ({hint})", file=sys.stderr)
    if not tools:
        print("none of the tools that were asked for is there: leave --tool away to see which are.", file=sys.stderr)
        return 2
    deviations = sampled(known_deviations(), per_family=chosen.per_family, variations_per_family=chosen.variations)
    terms = {
        "budget": chosen.budget,
        "seed": chosen.seed,
        "baselines": chosen.baselines,
        "tools": {one.name: {"version": one.version, "limited_by": one.limited_by} for one in tools},
    }
    if chosen.list:
        print("\n".join(f"{one.kind:9} {one.family:15} {one.id}" for one in deviations))
        return 0
    try:
        ledger = Ledger(chosen.output, terms, resume=chosen.resume)
    except OtherTerms as problem:
        print(problem, file=sys.stderr)
        return 2
    trials = _trials(deviations, tools, chosen)
    try:
        _measure(trials, ledger, chosen.workers)
    except KeyboardInterrupt:
        print("interrupted; --resume goes on from here", file=sys.stderr)
    return _write(chosen.output, terms, deviations, ledger)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.side_by_side",
        description=EXPLANATION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--node-modules", type=_folder, metavar="DIR", help="folder in which npm put the tools")
    options.add_argument("--tool", action="append", default=[], metavar="NAME", help="only this tool; repeatable")
    options.add_argument("--per-family", type=_count, default=2, metavar="N", help="defects of each family; 0: all (2)")
    options.add_argument(
        "--variations", type=_count, default=1, metavar="N", help="variations of each family; 0: all (1)"
    )
    options.add_argument("--budget", type=_positive, default=3500, metavar="N", help="requests of one run (3500)")
    options.add_argument("--baselines", type=_positive, default=2, metavar="N", help="runs on the sound server (2)")
    options.add_argument("--seed", type=_count, default=1, help="seed of everything that is drawn (1)")
    options.add_argument("--workers", type=_positive, default=2, metavar="N", help="trials at a time (2)")
    options.add_argument("--output", type=Path, default=Path("reports/side-by-side"), metavar="DIR")
    options.add_argument("--resume", action="store_true", help="go on with the measurement in --output")
    options.add_argument("--list", action="store_true", help="list the sample, and end")
    return options


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 up")
    return number


def _positive(text: str) -> int:
    if _count(text) == 0:
        raise argparse.ArgumentTypeError("give at least 1")
    return int(text)


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text!r}")
    return path


def _trials(deviations: list[Deviation], tools: list[Tool], chosen: argparse.Namespace) -> list[Trial]:
    """All runs in order: the sound server with each profile that is needed, then the deviations."""
    profiles = list(dict.fromkeys(map(profile_of, deviations)))
    subjects: list[tuple[str, tuple[str, ...], str]] = [
        (sound(profile, turn), (), profile) for profile in profiles for turn in range(chosen.baselines)
    ]
    subjects += [(subject_of(one), (one.option,), profile_of(one)) for one in deviations]
    return [
        Trial(tool, subject, options, profile, chosen.budget, chosen.seed)
        for subject, options, profile in subjects
        for tool in tools
    ]


def _measure(trials: list[Trial], ledger: Ledger, workers: int) -> None:
    contracts = Contracts()
    waiting = [one for one in trials if ledger.get(one.subject, one.tool.name) is None]

    def carry_out(trial: Trial) -> None:
        observation = perform(trial, contracts)
        ledger.keep(trial.subject, trial.tool.name, observation)
        said = observation.problem[:60] or f"{len(observation.failures)} failures {observation.stopped}"
        print(f"{trial.subject} | {trial.tool.name}: {observation.requests} in {observation.seconds:g} s, {said}")
        sys.stdout.flush()

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(carry_out, one) for one in waiting]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _write(directory: Path, terms: dict[str, Any], deviations: list[Deviation], ledger: Ledger) -> int:
    tools = list(terms["tools"])
    found = sights(deviations, tools, terms["baselines"], ledger.get)
    baselines: dict[str, dict[str, float]] = {}
    for tool in tools:
        runs = [ledger.get(sound("embedded", turn), tool) for turn in range(terms["baselines"])]
        whole = [one for one in runs if one is not None]
        failures = frozenset[str]().union(*(one.failures for one in whole))
        baselines[tool] = {
            "failures": len(failures),
            "requests": sum(one.requests for one in whole) / (len(whole) or 1),
        }
    results = {
        "terms": terms,
        "sound_server": baselines,
        "deviations": [
            {
                "kind": one.kind,
                "id": one.id,
                "family": one.family,
                "breaks": list(one.breaks),
                "tools": {tool: seen.to_json() for tool, seen in found[subject_of(one)].items()},
            }
            for one in deviations
            if subject_of(one) in found
        ],
    }
    (directory / "side_by_side.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    (directory / "side_by_side.md").write_text(document(found, terms, baselines), encoding="utf-8")
    print(f"{len(found)} of {len(deviations)} deviations: {directory / 'side_by_side.md'}")
    complete = len(found) == len(deviations)
    return 0 if complete and not any(one.problem for seen in found.values() for one in seen.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
