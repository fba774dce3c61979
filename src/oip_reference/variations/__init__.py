"""Variations: differences that the contract allows and the suite must not flag; one module a family.

Written with the same means as defects (see `oip_reference.defects`). Every module of this package is imported, which
registers what it holds.
"""

from importlib import import_module
from pkgutil import iter_modules

from oip_reference.variations.registration import VARIATIONS, variation

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["VARIATIONS", "variation"]
