"""Defects: small, named, realistic lies that the suite must catch; one module a family.

Each changes exactly one thing of a running server: `server.replace(Part, "method", function)` puts
`function(part, ...)` in the place of one rule and returns the rule that stood there, `server.shape(shaper)` rewrites
answers, `server.wrap(wrapper)` surrounds the whole exchange. A module is known by being imported here.
"""

from oip_reference.defects import limits
from oip_reference.defects.registration import DEFECTS, defect

__all__ = ["DEFECTS", "defect", "limits"]
