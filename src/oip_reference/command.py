"""The command line of the reference server."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import orjson

from oip_conformance.contract import ContractError
from oip_conformance.profile import ProfileError, load_profile
from oip_reference.assembly import Settings, assemble
from oip_reference.defects import DEFECTS
from oip_reference.deviation import Register, UnknownDeviation
from oip_reference.running import HOST, PortInUse, listening_socket, run
from oip_reference.server import Collision, UnknownPoint
from oip_reference.storage.database import DatabaseError
from oip_reference.tenancy.configuration import BadNetwork, UnlikeContract
from oip_reference.variations import VARIATIONS

TENANTS: Final = ("main", "second")
"""The tenants of every server."""
_MISUSE: Final = (
    BadNetwork,
    Collision,
    ContractError,
    DatabaseError,
    FileNotFoundError,
    PortInUse,
    ProfileError,
    UnknownDeviation,
    UnknownPoint,
    UnlikeContract,
)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m oip_reference", description="Runs the OIP reference server.")
    options.add_argument("--profile", type=Path, metavar="FILE", help="behave as the account this profile describes")
    options.add_argument("--port", type=int, default=0, help="loopback port; 0 (the default) takes a free one")
    options.add_argument("--database", type=Path, metavar="FILE", help="keep data in this file (default: in memory)")
    options.add_argument("--defect", action="append", default=[], metavar="ID", help="start with this fault")
    options.add_argument("--variation", action="append", default=[], metavar="ID", help="start with this difference")
    options.add_argument("--allow", action="append", default=[], metavar="NETWORK", help="allow only these addresses")
    options.add_argument(
        "--tenant", action="append", default=[], type=_tenant, metavar="NAME=FILE",
        help="one more account, or the second, as this profile describes it",
    )  # fmt: skip
    options.add_argument("--list", action="store_true", help="list defects, variations and tenants, then end")
    options.add_argument("--json", action="store_true", help="with --list: as one JSON document")
    options.add_argument("--ready-json", action="store_true", help="say in one line of JSON when it is ready")
    options.add_argument("--until-stdin-closes", action="store_true", help="end when standard input ends")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the server; 0 when it ended as asked, 2 for wrong use or configuration."""
    chosen = parser().parse_args(arguments)
    if chosen.list:
        print(listing_json() if chosen.json else listing(name for name, _ in chosen.tenant))
        return 0
    try:
        return _serve(chosen)
    except _MISUSE as error:
        print(f"oip_reference: {error}", file=sys.stderr)
        return 2


def _serve(chosen: argparse.Namespace) -> int:
    own = dict(chosen.tenant)
    keys = {name: os.environ.get(_variable(name)) or _new_key(name) for name in (*TENANTS, *own)}
    application = assemble(
        Settings(
            keys,
            profile=load_profile(chosen.profile) if chosen.profile else None,
            tenants={name: load_profile(file) for name, file in own.items()},
            database=chosen.database,
            defects=chosen.defect,
            variations=chosen.variation,
            networks=chosen.allow,
        )
    )
    listener = listening_socket(chosen.port)
    url = f"http://{HOST}:{listener.getsockname()[1]}/v4"

    def ready() -> None:
        if chosen.ready_json:
            applied = [*chosen.defect, *chosen.variation]
            said = {"url": url, "keys": keys, "pid": os.getpid(), "deviations": applied}
            print(orjson.dumps(said).decode(), flush=True)
        else:
            others = [f"x-api-key of the {name} account: {key}" for name, key in keys.items() if name != "main"]
            told = [f"OIP reference server: {url}", f"x-api-key: {keys['main']}", *others, "End it with Ctrl+C."]
            print("\n".join(told), flush=True)

    run(application, listener, ready, until_stdin_closes=chosen.until_stdin_closes)
    application.server.database.close()
    return 0


def _tenant(text: str) -> tuple[str, Path]:
    """NAME=FILE taken apart; "main" is what --profile configures."""
    name, _, file = text.partition("=")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name == "main" or not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE with a name such as shop-2 (main is --profile's)")
    return name, Path(file)


def _variable(name: str) -> str:
    """The environment variable that may hold a tenant's key."""
    middle = "" if name == "main" else f"{name.upper().replace('-', '_')}_"
    return f"OIP_REFERENCE_{middle}API_KEY"


def _new_key(name: str) -> str:
    return f"sandbox-{name}-{secrets.token_urlsafe(24)}"


def listing(more_tenants: Iterable[str] = ()) -> str:
    """Defects, variations and tenants, one a line."""
    tenants = dict.fromkeys((*TENANTS, *more_tenants))
    lines = ["tenants", *(f"  {name}  (key from {_variable(name)}, or made at start)" for name in tenants)]
    for register in (DEFECTS, VARIATIONS):
        lines += ["", f"{register.kind}s ({len(register)})", *_lines(register)]
    return "\n".join(lines)


def listing_json() -> str:
    """Defects and variations as one JSON document, in the form that `oip-conformance detect` reads."""
    known = {f"{register.kind}s": [one.to_json() for one in register] for register in (DEFECTS, VARIATIONS)}
    return orjson.dumps(known, option=orjson.OPT_INDENT_2).decode()


def _lines(register: Register) -> list[str]:
    return [
        f"  {deviation.id}  [{deviation.family}]{_breaks(deviation.breaks)}  {deviation.summary}"
        for deviation in register
    ]


def _breaks(requirements: tuple[str, ...]) -> str:
    return f" breaks {', '.join(requirements)}:" if requirements else ""
