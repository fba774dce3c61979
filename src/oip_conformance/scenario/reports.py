"""Words about reports: asking for a page, walking all of them, knowing a row again on another page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import Member, MemberWords
from oip_conformance.scenario.signals import NotTested, Unmet, shown

_TRIES = 5


@dataclass(frozen=True)
class Page:
    """One page of a report: its rows, and what its metaData says of the whole."""

    answer: Answer
    rows: Sequence[Any]
    total: int
    pages: int
    active: int

    @property
    def is_last(self) -> bool:
        """Whether it is the last page by its own metaData."""
        return self.active >= self.pages


class ReportWords(MemberWords):
    """Sentences about reports."""

    def some_report(self) -> str:
        """Any kind of report. Raises NotTested when the profile names none."""
        return self._report(lambda _: True, "at all")

    def paged_report(self) -> str:
        """A kind of report that comes in pages. Raises NotTested when the profile names none."""
        return self._report(lambda name: self.profile.fixtures.reports[name].paged, "that is paged")

    def customers_report(self) -> str:
        """The report of (new) customers. Raises NotTested when the profile names none."""
        return self._report(_is_of_customers, "of customers")

    def _report(self, fits: Callable[[str], bool], kind: str) -> str:
        found = next((name for name in self.profile.fixtures.reports if fits(name)), None)
        if found is None:
            raise NotTested(f"[fixtures.reports] of the profile names no report {kind}")
        return found

    def ask_for_report(self, name: str, **query: object) -> Answer:
        """Ask for a report with the query that the profile gives it and these parameters besides."""
        fixture = self.profile.fixtures.reports.get(name)
        always = dict(fixture.query) if fixture else {}
        return self.call("report1", path={"reportType": name}, query={**always, **query})

    def rows_of_report(self, name: str, answer: Answer) -> list[Any]:
        """The rows that an answer holds: at the member that the profile names, or in the only list there is."""
        body = answer.json
        if isinstance(body, list):
            return body
        fixture = self.profile.fixtures.reports.get(name)
        if fixture and fixture.records:
            return list(answer.at(fixture.records) or []) if fixture.records in (body or {}) else []
        lists = [value for value in (body or {}).values() if isinstance(value, list)]
        if len(lists) > 1:
            raise NotTested(f"report {name} has several lists: name one in [fixtures.reports.{name}] records")
        return lists[0] if lists else []

    def page_of(self, name: str, **query: object) -> Page:
        """One page of a report. Raises Unmet when its metaData does not say where it is."""
        answer = self.ask_for_report(name, **query).expect(200)
        counts = {field: answer.at("metaData", field) for field in ("totalRecords", "totalPages", "activePage")}
        for field, value in counts.items():
            if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value) or value < 0:
                raise answer.unmet(f"a whole number as {field}", shown(value))
        total, pages, active = (int(value) for value in counts.values())
        return Page(answer, self.rows_of_report(name, answer), total, pages, active)

    def walk_report(self, name: str, rows: int) -> Iterator[Page]:
        """All pages of a report, this many rows each, until the one that calls itself the last."""
        number = 1
        while True:
            page = self.page_of(name, page=number, rowsPage=rows)
            yield page
            if number >= page.pages:
                return
            number += 1

    def fill_report(self, name: str, least: int) -> Page:
        """The first page of a report that has at least so many rows, made where it is a report of customers."""
        page = self.page_of(name, page=1)
        if page.total < least and _is_of_customers(name):
            for _ in range(least - page.total):
                self.create_member()
            page = self.page_of(name, page=1)
        if page.total < least:
            raise NotTested(f"report {name} has only {page.total} rows; the test needs {least}")
        return page

    def settled(self, agree: Callable[[], Unmet | None]) -> None:
        """Two readings of a report agree. They are made again when they do not: others may work on the target.

        Raises the last Unmet when they never agree.
        """
        unmet: Unmet | None = None
        for _ in range(_TRIES):
            unmet = agree()
            if unmet is None:
                return
        raise unmet or AssertionError


def page_size(total: int) -> int:
    """How many rows to ask for when a whole report is walked: pages that servers give, in a bearable number."""
    return 200 if total <= 10_000 else 1000


def contents(rows: Iterable[Any]) -> list[str]:
    """The rows as texts that are equal when the rows are, whatever the order of their members."""
    return [orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows]


def names(row: Any, member: Member) -> bool:
    """Whether a row is about a member: one of its values is an identifier of the member."""
    known = {member.id, member.mobile_phone, member.external_id} - {None}
    if isinstance(row, Mapping):
        return any(names(value, member) for value in row.values())
    if isinstance(row, list):
        return any(names(value, member) for value in row)
    return row in known if isinstance(row, str) else False


def _is_of_customers(name: str) -> bool:
    text = name.casefold()
    return ("customer" in text or "member" in text) and not any(
        word in text for word in ("delet", "change", "transaction", "bonus")
    )
