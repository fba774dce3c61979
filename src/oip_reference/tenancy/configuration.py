"""Makes tenants of profiles: "main" as the server's profile says, and each other one as its own profile, or else like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network

from oip_conformance.contract import Contract
from oip_conformance.profile import Profile
from oip_reference.tenancy.tenant import Tenant


class BadNetwork(Exception):
    """An entry of the allow list is no network."""


class UnlikeContract(Exception):
    """A tenant's profile names another contract than the server speaks."""


def tenants_of(
    profiles: Mapping[str, Profile], contract: Contract, keys: Mapping[str, str], networks: Sequence[str] = ()
) -> dict[str, Tenant]:
    """key -> tenant, by the names in `keys`; `profiles` holds "main" and every tenant that is not configured like it.

    `networks`, when there are any, stand in for the allow list of every profile. Raises BadNetwork.
    """
    return {key: _tenant(name, profiles.get(name, profiles["main"]), contract, networks) for name, key in keys.items()}


def _tenant(name: str, profile: Profile, contract: Contract, networks: Sequence[str]) -> Tenant:
    try:
        allowed = tuple(ip_network(network) for network in networks or profile.access.networks)
    except ValueError as error:
        raise BadNetwork(str(error)) from None
    return Tenant(
        name,
        profile.fixtures,
        identifiers=tuple(profile.identifiers.customer),
        not_activated=_not_activated(profile, contract),
        required_fields=tuple(dict.fromkeys(("mobilePhone", *profile.customers.required))),
        extended_properties=profile.customers.extended_properties,
        update_replaces=profile.customers.update == "replace",
        phone_country_code=profile.customers.phone_country_code,
        networks=allowed,
    )


def _not_activated(profile: Profile, contract: Contract) -> frozenset[str]:
    return frozenset(
        operation.id for operation in contract.operations.values() if profile.activation(operation) == "not-activated"
    )
