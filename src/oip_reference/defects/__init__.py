"""Defects: small, named, realistic lies that the suite must catch; one module a family or a subject.

Each changes exactly one thing of a running server: `server.replace(Part, "method", function)` puts
`function(part, ...)` in the place of one rule and returns the rule that stood there, `server.shape(shaper)` rewrites
answers, `server.wrap(wrapper)` surrounds the whole exchange; `rewriting` has short ways to say the usual ones. Every
module of this package is imported, which registers what it holds.
"""

from importlib import import_module
from pkgutil import iter_modules

from oip_reference.defects.registration import DEFECTS, defect

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["DEFECTS", "defect"]
