"""Synthetic people on demand: made in microseconds, the same for the same seed, no phone number handed out twice."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from random import Random

from oip_conformance.evidence import current_lane
from oip_conformance.generation.identifiers import RunTag
from oip_conformance.generation.national_ids import make_national_id
from oip_conformance.generation.people import (
    FIRST_NAMES,
    GENDERS,
    LAST_NAMES,
    Person,
    make_address,
    make_birth_date,
)
from oip_conformance.generation.phones import PhoneRange


class RangeExhausted(Exception):
    """GEN-01: every phone number of the profile's range has been handed out in this run."""

    code = "GEN-01"

    def __init__(self, within: PhoneRange) -> None:
        super().__init__(f"all {within.size} phone numbers from {within.first} to {within.last} are used up")
        self.hint = "widen [data] phone_range in the profile, or run a smaller level"


class SyntheticPeople:
    """Hands out people nobody has met: phone numbers of the range in a shuffled order, each once.

    Inside a lane nobody is handed out: who came first could never be told again.
    `share` is (index, count): several processes of one run draw from one order without meeting. Safe to use from many
    threads; the order of the people is the same for the same tag, range, seed and share.
    """

    def __init__(
        self,
        run_tag: RunTag | str,
        ranges: PhoneRange,
        seed: int,
        *,
        email_domain: str = "example.com",
        share: tuple[int, int] = (0, 1),
    ) -> None:
        index, count = share
        if not 0 <= index < count:
            raise ValueError(f"share {index} of {count} does not exist")
        self.tag = run_tag if isinstance(run_tag, RunTag) else RunTag(run_tag)
        self.range = ranges
        self._domain = email_domain
        self._seed = seed
        self._start, self._stride = _order(ranges.size, f"{self.tag.text}/{seed}")
        self._next = index
        self._step = count
        self._lock = threading.Lock()

    def next(self) -> Person:
        """A person not handed out before. Raises RangeExhausted when the range has no number left."""
        if current_lane():
            raise RuntimeError("people are drawn before calls are made at once, or the test could not be judged again")
        with self._lock:
            serial = self._next
            if serial >= self.range.size:
                raise RangeExhausted(self.range)
            self._next += self._step
        return self._person(serial)

    @property
    def place(self) -> tuple[int, int]:
        """Where this order of people stands: the serial of the next one, and how many are left out between two."""
        return self._next, self._step

    def resume(self, place: tuple[int, int]) -> None:
        """Go on from where an order of people stood."""
        with self._lock:
            self._next, self._step = place

    def __iter__(self) -> Iterator[Person]:
        while True:
            yield self.next()

    def _person(self, serial: int) -> Person:
        random = Random(f"{self.tag.text}/{self._seed}/{serial}")
        phone = self.range.number((self._start + serial * self._stride) % self.range.size)
        birth = make_birth_date(random)
        address, code, place = make_address(random)
        return Person(
            mobile_phone=phone,
            external_id=self.tag.identifier(serial),
            email=f"{self.tag.prefix}.{self.tag.text}.{serial}@{self._domain}".lower(),
            first_name=random.choice(FIRST_NAMES),
            last_name=random.choice(LAST_NAMES),
            address=address,
            zip=code,
            city=place,
            birth_date=f"{birth.isoformat()}T00:00:00",
            gender=random.choice(GENDERS),
            national_id=make_national_id(random, birth),
        )


def _order(size: int, seed: str) -> tuple[int, int]:
    """Start and stride of a walk that meets every number of a range once before it meets one again."""
    random = Random(seed)
    stride = random.randrange(1, size + 1)
    while math.gcd(stride, size) != 1:
        stride = stride % size + 1
    return random.randrange(size), stride
