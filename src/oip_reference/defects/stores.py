"""Defects of the list of stores."""

from __future__ import annotations

from oip_reference.defects.registration import defect
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer


@defect("lists_a_store_twice", breaks="OIP-STORE-01", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The first store is listed twice."""
    rewrite(server, "getStores", body=lambda value, _call: [value[0], *value])


@defect("all_stores_have_one_id", breaks="OIP-STORE-01", family="duplicated", also=("OIP-STORE-02",))
def _(server: ReferenceServer) -> None:
    """Every store is listed with the id of the first."""
    rewrite(server, "getStores", body=lambda value, _call: [{**one, "id": value[0]["id"]} for one in value])


@defect("leaves_out_the_online_store", breaks="OIP-STORE-02", family="partial")
def _(server: ReferenceServer) -> None:
    """The last of the account's stores is not listed."""
    rewrite(server, "getStores", body=lambda value, _call: value[:-1])


@defect("writes_store_ids_in_lower_case", breaks="OIP-STORE-02", family="encoding")
def _(server: ReferenceServer) -> None:
    """Store ids are listed in lower case, otherwise than promotions and receipts name them."""
    rewrite(server, "getStores", body=lambda value, _call: [{**one, "id": one["id"].lower()} for one in value])
