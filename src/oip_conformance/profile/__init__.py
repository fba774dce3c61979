"""The profile: what is tested, read strictly from a TOML file."""

from __future__ import annotations

from oip_conformance.profile.agreement import check_against
from oip_conformance.profile.loading import (
    contract_files,
    default_profile,
    load_profile,
    profile_of,
    stranger_profile_path,
)
from oip_conformance.profile.model import CLASSES, Activation, Profile
from oip_conformance.profile.problems import ADVICE, CODES, Problem, ProfileError

__all__ = [
    "ADVICE",
    "CLASSES",
    "CODES",
    "Activation",
    "Problem",
    "Profile",
    "ProfileError",
    "check_against",
    "contract_files",
    "default_profile",
    "load_profile",
    "profile_of",
    "stranger_profile_path",
]
