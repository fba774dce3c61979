"""`oip-conformance keygen`: makes the pair of keys that certificates are signed and verified with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oip_conformance.certificate import generate_keys
from oip_conformance.certificate.keys import SIGNING_KEY_VARIABLE


def keygen(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File of the private key; the public one is put beside it.")
    ] = Path("oip-signing-key.pem"),
) -> None:
    """Make an Ed25519 key pair: the private key for whoever certifies, the public key for whoever verifies."""
    private, public, name = generate_keys(output)
    typer.echo(f"Private key  {private}  (keep it secret; certify signs when {SIGNING_KEY_VARIABLE} names it)")
    typer.echo(f"Public key   {public}  (hand it out; verify --key takes it)")
    typer.echo(f"Key id       {name}")
