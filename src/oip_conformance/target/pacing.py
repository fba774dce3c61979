"""How fast and how much: the limits of a profile, kept while sending."""

from __future__ import annotations

import threading
import time


class LimitReached(Exception):
    """A limit of the profile is used up; the run stops inside it. `limit` is its name in the profile."""

    def __init__(self, limit: str, value: int) -> None:
        super().__init__(f"the profile allows {value} {limit.replace('_', ' ')}, and they are used up")
        self.limit = limit


class Pacing:
    """Spaces requests and counts them. Safe to use from many threads.

    `requests_per_second` None means as fast as it goes; `total_requests` and `created_records` None mean no limit.
    """

    def __init__(
        self,
        *,
        requests_per_second: float | None = None,
        total_requests: int | None = None,
        created_records: int | None = None,
    ) -> None:
        self._gap = 1.0 / requests_per_second if requests_per_second else 0.0
        self._total = total_requests
        self._records = created_records
        self._lock = threading.Lock()
        self._next = 0.0
        self.sent = 0
        self.created = 0
        self.used_up = ""
        """Why nothing more can be sent, once a request was held back for it."""

    def before_request(self, *, creates: bool) -> None:
        """Wait for this request's turn. Raises LimitReached instead of passing a limit."""
        with self._lock:
            if self._total is not None and self.sent >= self._total:
                reached = LimitReached("total_requests", self._total)
                self.used_up = f"{reached}."
                raise reached
            if creates and self._records is not None and self.created >= self._records:
                raise LimitReached("created_records", self._records)
            self.sent += 1
            self.created += creates
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            time.sleep(turn - now)

    def nothing_was_created(self) -> None:
        """Give back the record that a refused creation did not make."""
        with self._lock:
            self.created -= 1
