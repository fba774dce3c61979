"""What a defect can be expected to touch: the requirements that share an operation with those it breaks."""

from __future__ import annotations

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.detection.deviations import Deviation

WIDE = 15
"""A requirement on more operations than this is about the platform, and near to everything and nothing."""


def is_wide(deviation: Deviation, requirements: RequirementSet) -> bool:
    """Whether a defect breaks a requirement about the platform, which stories of any kind may show."""
    return any(len(one.operations) > WIDE for name in deviation.breaks if (one := requirements.get(name)) is not None)


def neighbourhood(deviation: Deviation, requirements: RequirementSet) -> tuple[str, ...]:
    """The requirements a defect breaks, then the testable ones that share an operation with them."""
    broken = [one for name in deviation.breaks if (one := requirements.get(name)) is not None]
    touched = {name for one in broken if len(one.operations) <= WIDE for name in one.operations}
    near = (
        one.id
        for one in requirements
        if not one.untestable and len(one.operations) <= WIDE and touched & set(one.operations)
    )
    return tuple(dict.fromkeys((*deviation.breaks, *near)))
