"""Imported once by a process from which servers are forked, so that each finds ready what every start would make anew."""

from __future__ import annotations

import importlib

from oip_reference.assembly import Settings, assemble
from oip_reference.command import TENANTS
from oip_reference.seed import remember_seeds

for _name in ("uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl"):
    importlib.import_module(_name)
remember_seeds(assemble(Settings({name: name for name in TENANTS})).server)
