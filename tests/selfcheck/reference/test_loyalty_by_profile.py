"""A profile says which cards, activities and campaigns an account has, and what a krone is worth."""

from __future__ import annotations

from oip_conformance.profile import load_profile

PROFILE = """
name = "A vendor"
[identifiers]
customer = ["externalId"]
[fixtures]
stores = ["S-1"]
stamp_cards = ["CARD-A"]
activities = ["RUN", "2"]
campaigns = ["SUMMER"]
points_per_krone = 2.0
"""


def test_the_loyalty_of_an_account_is_that_of_its_profile(made, tmp_path):
    (tmp_path / "vendor.toml").write_text(PROFILE)
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    oip.new_member(externalId="E-1")

    assert [card["id"] for card in oip.ask("GET", "/loyalty/loyalty-cards/E-1").json] == ["CARD-A"]
    assert {product["stampCardId"] for product in oip.ask("GET", "/loyalty/loyalty-cards/products").json} == {"CARD-A"}
    assert [campaign["id"] for campaign in oip.ask("GET", "/loyalty/bonus/campaigns").json] == ["SUMMER"]
    assert {"RUN", "2"} <= {rule["bonusRuleId"] for rule in oip.ask("GET", "/bonus/rules").json}

    receipt = {"Header": {"StoreId": "S-1", "ReceiptId": "R-1", "ConsumerId": "E-1"}, "Items": [{"GrossAmount": 12.5}]}
    assert oip.ask("POST", "/transactions", {"ReceiptRequests": [receipt]}).status == 200
    (_, earned) = oip.ask("GET", "/loyalty/bonus/transactions/E-1").json["transactions"]
    assert (earned["points"], earned["affiliateName"]) == (25, "Our store S-1")


def test_only_the_configured_kind_of_id_names_a_customer_everywhere(made, tmp_path):
    (tmp_path / "vendor.toml").write_text(PROFILE)
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    member = oip.new_member(externalId="E-1")
    for path, status in (
        ("/loyalty/loyalty-cards/", 404),
        ("/loyalty/bonus/transactions/", 400),
        ("/loyalty/bonus/campaigns/", 404),
        ("/transactions/customerId/", 404),
        ("/reports/bonusTransactions?customerId=", 400),
    ):
        assert oip.ask("GET", f"{path}E-1").status == 200
        oip.ask("GET", path + member["id"]).refused(status)
