"""Variations: differences that the contract allows and the suite must not flag; one module a family.

Written with the same means as defects (see `oip_reference.defects`). A module is known by being imported here.
"""

from oip_reference.variations import envelopes
from oip_reference.variations.registration import VARIATIONS, variation

__all__ = ["VARIATIONS", "envelopes", "variation"]
