"""Redemptions: what a till or a web shop sends to use a promotion."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from oip_conformance.generation.carts import extended_properties
from oip_conformance.generation.identifiers import guid_like

Channel = Literal["POS", "ECOM"]


def redemption(
    promotion_id: str,
    store_id: str,
    *,
    customer_id: str | None = None,
    receipt_id: str | None = None,
    channel: Channel | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The body of redeemPromotion. A till names its cash register, a web shop does not; without a customer the
    redemption is anonymous."""
    body: dict[str, Any] = {"id": promotion_id, "storeId": store_id, **more}
    if customer_id is not None:
        body["customerId"] = customer_id
    if receipt_id is not None:
        body["receiptId"] = receipt_id
    if channel == "POS":
        body |= {"cashRegisterId": "POS-001", "cashierId": "123"}
    return body


def redemptions(promotion_id: str, store_id: str, customer_id: str) -> SearchStrategy[dict[str, Any]]:
    """Redemptions of one promotion: at a till or not, with and without customer and receipt."""
    return st.fixed_dictionaries(
        {"id": st.just(promotion_id), "storeId": st.just(store_id)},
        optional={
            "customerId": st.just(customer_id),
            "receiptId": guid_like(),
            "cashRegisterId": st.sampled_from(["POS-001", "1", "Kasse Ø"]),
            "cashierId": st.sampled_from(["123", "ID-321", "007"]),
            "extendedProperties": extended_properties(),
        },
    )
