"""The markers that bind a test to the requirements it judges."""

from __future__ import annotations

import pytest

requirement = pytest.mark.requirement
"""`@requirement("OIP-PROMO-04")`: the test passes or fails this requirement. Several ids: it judges each of them."""

general = pytest.mark.general
"""`@general`: the test only sends; the general rules judge each of its exchanges, and their outcomes are the result."""

level = pytest.mark.level
"""`@level("standard")`: the test runs at this level and deeper; without it, from smoke on."""

needs = pytest.mark.needs
"""`@needs("redeemPromotion", ...)`: operations that the test calls beside those its requirement binds."""

once = pytest.mark.once
"""`@once`: what the test shows is a fact that needs no second try."""
