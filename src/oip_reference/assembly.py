"""Puts a server together: contract, database, tenants, domains, seed, then defects and variations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oip_conformance.contract import Contract, contract_for
from oip_conformance.profile import Profile, default_profile
from oip_reference.defects import DEFECTS
from oip_reference.deviation import Deviation
from oip_reference.domains import DOMAINS
from oip_reference.http.asgi import LARGEST_BODY, Application
from oip_reference.seed import seed
from oip_reference.server import ReferenceServer
from oip_reference.storage.database import Database
from oip_reference.tenancy.configuration import UnlikeContract, tenants_of
from oip_reference.variations import VARIATIONS


@dataclass(frozen=True)
class Settings:
    """What a server is made of; `keys` maps the tenants, "main" and others, to their keys.

    `profile` configures "main" and every tenant that has none of its own in `tenants`.
    """

    keys: Mapping[str, str]
    profile: Profile | None = None
    tenants: Mapping[str, Profile] = field(default_factory=dict)
    database: Path | None = None
    defects: Sequence[str] = ()
    variations: Sequence[str] = ()
    networks: Sequence[str] = ()
    largest_body: int = LARGEST_BODY


def assemble(settings: Settings, contract: Contract | None = None) -> Application:
    """The ready application.

    Raises ContractError, ProfileError, DatabaseError, UnknownDeviation, UnknownPoint, Collision, BadNetwork or UnlikeContract.
    """
    profile = settings.profile or default_profile()
    contract = contract or contract_for(profile)
    for name, other in settings.tenants.items():
        if contract_for(other).digest != contract.digest:
            raise UnlikeContract(f"the profile of tenant {name} names another contract, other overlays or bindings.")
    tenants = tenants_of({"main": profile, **settings.tenants}, contract, settings.keys, settings.networks)
    server = ReferenceServer(contract, Database(settings.database), tenants)
    for domain in DOMAINS:
        server.part(domain)
    seed(server, DOMAINS)
    application = Application(server, DOMAINS, largest_body=settings.largest_body)
    chosen: list[Deviation] = [*map(DEFECTS.named, settings.defects), *map(VARIATIONS.named, settings.variations)]
    for deviation in chosen:
        server.applying = deviation.id
        deviation.apply(server)
    application.connect()
    return application
