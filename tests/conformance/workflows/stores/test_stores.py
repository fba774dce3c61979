"""The stores of the account."""

from __future__ import annotations

from oip_conformance.scenario import NotTested, Oip, requirement


@requirement("OIP-STORE-01")
def test_the_stores_are_listed(oip: Oip) -> None:
    """Each has an id of its own and a name."""
    answer = oip.call("getStores").expect(200)
    ids = [answer.at(position, "id") for position in range(len(answer.items()))]
    if not all(ids) or len(set(ids)) != len(ids):
        raise answer.unmet("different, non-empty ids", repr(ids))
    for position in range(len(ids)):
        if not isinstance(answer.at(position, "name"), str):
            raise answer.unmet("a name", repr(answer.at(position, "name")))


@requirement("OIP-STORE-02")
def test_the_stores_of_the_account_are_among_them(oip: Oip) -> None:
    """Every store that the profile names is there."""
    named = set(oip.profile.fixtures.stores)
    if not named:
        raise NotTested("[fixtures] of the profile names no stores")
    answer = oip.call("getStores").expect(200)
    missing = named - {str(answer.at(position, "id")) for position in range(len(answer.items()))}
    if missing:
        raise answer.unmet(f"the stores {sorted(named)}", f"without {sorted(missing)}")
