"""The sandbox facts that stay the same from one fresh database to the next, so that a profile can name them."""

from __future__ import annotations

from typing import Final

STORES: Final = ("STORE-001", "STORE-002", "ONLINE-001")

PROMOTIONS: Final = {
    "open": "A0000001-52A1-4E0B-9D5C-0F1E2D3C4B01",
    "single_use": "A0000002-52A1-4E0B-9D5C-0F1E2D3C4B02",
    "unlimited": "A0000003-52A1-4E0B-9D5C-0F1E2D3C4B03",
    "pos_only": "A0000004-52A1-4E0B-9D5C-0F1E2D3C4B04",
    "one_store": "A0000005-52A1-4E0B-9D5C-0F1E2D3C4B05",
    "expired": "A0000006-52A1-4E0B-9D5C-0F1E2D3C4B06",
    "not_yet_valid": "A0000007-52A1-4E0B-9D5C-0F1E2D3C4B07",
    "unassigned": "A0000008-52A1-4E0B-9D5C-0F1E2D3C4B08",
}
"""Promotion ids by role. Every new member is assigned all of them but `unassigned`."""

CONSENTS: Final = ("acceptsDigital", "acceptsProfiling", "acceptsPartners")

SEEDED_PHONES: Final = {"main": "+4740000001", "second": "+4740000002"}
"""The mobile phone of the member that each tenant has from the start."""

STAMP_CARDS: Final = ("4", "5", "6")
ACTIVITIES: Final = ("20", "21")
CAMPAIGNS: Final = ("5", "6", "7")
POINTS_PER_KRONE: Final = 0.1

TRIGGERS: Final = ("welcome", "birthday")

MESSAGES: Final = {"welcomeSMS": "Welcome to the club!", "birthdaySMS": "Happy birthday! A coffee is on us."}
"""Preconfigured messages by name."""

FUNCTIONS: Final = ("echo",)
"""Client-specific functions, of customers and of promotions alike."""

PRICE_CALCULATIONS: Final = ("standard", "regular")

IMPORT_FORMATS: Final = ("json", "xml", "csv", "form", "file")

ENRICHMENT_LOCATION: Final = "https://shop.example/profile/enriched"

HISTORIC_PHONE: Final = "+4740000101"
"""The mobile phone of the member with the longest history, the same in every tenant; the others have the next ones."""

HISTORIC_MEMBERS: Final = 60
