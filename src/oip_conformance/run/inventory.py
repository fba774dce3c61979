"""The inventory: every record that a run made on the target, since OIP has no delete for customers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson

from oip_conformance.profile import Profile
from oip_conformance.run.gathering import Gathered

INVENTORY_NAME = "created.json"


def list_records(directory: Path, profile: Profile, gathered: Gathered) -> None:
    """Write created.json: how many records of each kind, what marks the synthetic customers, and every record with the
    exchange that made it. Numbers outside the profile's range are tokens, as in all evidence."""
    records = [
        {name: value for name, value in record.items() if name != "kind"}
        for record in [*gathered.created, *gathered.made]
    ]
    inventory = {
        "counts": dict(sorted(Counter(record["what"] for record in records).items())),
        "marks": {"phone_range": list(profile.data.phone_range), "external_id_prefix": profile.data.external_id_prefix},
        "records": sorted(records, key=lambda record: (str(record["what"]), str(record["exchange"]))),
    }
    path = directory / INVENTORY_NAME
    path.write_bytes(orjson.dumps(inventory, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
