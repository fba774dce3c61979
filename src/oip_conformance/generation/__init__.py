"""Generation: synthetic people, and requests as cases: drawn, kept, filled in and shrunk."""

from __future__ import annotations

from oip_conformance.generation.bindings import REFERENCES, UnboundReference, fill, references
from oip_conformance.generation.case import Case
from oip_conformance.generation.domain import must_be_accepted
from oip_conformance.generation.identifiers import RunTag
from oip_conformance.generation.library import DrawingFailed, Library, cases_for, prefetch
from oip_conformance.generation.people import Person
from oip_conformance.generation.phones import PhoneRange
from oip_conformance.generation.shrink import Shrunk, shrink
from oip_conformance.generation.store import CaseStore, StoreError
from oip_conformance.generation.synthetic import RangeExhausted, SyntheticPeople

__all__ = [
    "REFERENCES",
    "Case",
    "CaseStore",
    "DrawingFailed",
    "Library",
    "Person",
    "PhoneRange",
    "RangeExhausted",
    "RunTag",
    "Shrunk",
    "StoreError",
    "SyntheticPeople",
    "UnboundReference",
    "cases_for",
    "fill",
    "must_be_accepted",
    "prefetch",
    "references",
    "shrink",
]
