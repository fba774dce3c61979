"""A tenant: one account with its key, its configuration and its own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from oip_conformance.profile.model import FixturesTable

IDENTIFIER_KINDS = ("id", "mobilePhone", "externalId")


@dataclass(frozen=True)
class Tenant:
    """How one account is configured; every row in storage carries its `name`.

    `identifiers` are the kinds of id accepted wherever an operation takes the id of a person; `not_activated` the
    operations that answer 403; `networks` the allow list (empty: every address may call); `channel_without_till` the
    channel that a redemption without `cashRegisterId` counts as (None: no channel rule applies to it); `fixtures` what
    the account's profile says exists, which a fresh account is seeded with.
    """

    name: str
    fixtures: FixturesTable
    identifiers: tuple[str, ...] = IDENTIFIER_KINDS
    not_activated: frozenset[str] = frozenset()
    required_fields: tuple[str, ...] = ("mobilePhone",)
    extended_properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    update_replaces: bool = False
    phone_country_code: str = "+47"
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    channel_without_till: str | None = "ECOM"
