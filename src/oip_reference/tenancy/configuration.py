"""Makes tenants of a profile: "main" as the profile says, "second" the same account with its own key and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network

from oip_conformance.contract import Contract
from oip_conformance.profile import Profile
from oip_reference.tenancy.tenant import Tenant


class BadNetwork(Exception):
    """An entry of the allow list is no network."""


def tenants_of(
    profile: Profile, contract: Contract, keys: Mapping[str, str], networks: Sequence[str] = ()
) -> dict[str, Tenant]:
    """key -> tenant; both tenants share the configuration and differ in name and data."""
    try:
        allowed = tuple(ip_network(network) for network in networks)
    except ValueError as error:
        raise BadNetwork(str(error)) from None
    main = Tenant(
        "main",
        profile.fixtures,
        identifiers=tuple(profile.identifiers.customer),
        not_activated=_not_activated(profile, contract),
        required_fields=tuple(dict.fromkeys(("mobilePhone", *profile.customers.required))),
        extended_properties=profile.customers.extended_properties,
        update_replaces=profile.customers.update == "replace",
        phone_country_code=profile.customers.phone_country_code,
        networks=allowed,
    )
    return {key: replace(main, name=name) for name, key in keys.items()}


def _not_activated(profile: Profile, contract: Contract) -> frozenset[str]:
    return frozenset(
        operation.id for operation in contract.operations.values() if profile.activation(operation) == "not-activated"
    )
