"""`oip`: the one who tells the story of a test."""

from __future__ import annotations

from oip_conformance.scenario.promotions import PromotionWords


class Oip(PromotionWords):
    """All sentences a conformance test may say of a target. Domain by domain, see the modules beside this one."""

    def as_second_tenant(self) -> Oip:
        """The same words said with the second tenant's key."""
        return Oip(self.target, self.profile, self.people, "second")
