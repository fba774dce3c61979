"""Defects of reports: pages that repeat, miss or invent rows, and totals that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.parameters import Parameters
from oip_reference.reports import Records, Reports
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.http.request import Call

_PAGES = ("OIP-REP-0*",)
_ROWS = ("OIP-REP-03", "OIP-REP-04", "OIP-REP-06", "OIP-REP-09")


def _meta_data(server: ReferenceServer, change: Callable[[dict[str, Any], int], dict[str, Any]]) -> None:
    """What metaData says besides: `change(meta_data, page_size)`."""

    def meta_data(_part: Reports, name: str, total: int, page: int, size: int) -> dict[str, Any]:
        made: dict[str, Any] = kept(name, total, page, size)
        return {**made, **change(made, size)}

    kept = server.replace(Reports, "meta_data", meta_data)


def _page(server: ReferenceServer, page_of: Callable[[Callable[..., Any], Records, int, int], list[Any]]) -> None:
    """The rows of a page: `page_of(usual, records, page, size)`."""
    kept: Callable[..., Any] = server.replace(
        Reports, "page_of", lambda _part, records, page, size: page_of(kept, records, page, size)
    )


def _asked(server: ReferenceServer, which: str, number: Callable[[Call, Callable[[Call], int]], int]) -> None:
    """The page or the size that is asked for: `number(call, usual)`."""
    kept: Callable[[Call], int] = server.replace(Reports, which, lambda _part, call: number(call, kept))


@defect("every_page_says_it_is_the_first", breaks="OIP-REP-01", family="paging", also=("OIP-REP-04", "OIP-REP-06"))
def _(server: ReferenceServer) -> None:
    """activePage is 1 on every page."""
    _meta_data(server, lambda *_: {"activePage": 1})


@defect("a_report_does_not_say_what_it_is", breaks="OIP-REP-01", family="partial")
def _(server: ReferenceServer) -> None:
    """reportType is written in small letters."""
    _meta_data(server, lambda made, _size: {"reportType": made["reportType"].lower() + "report"})


@defect("every_report_is_called_customers", breaks="OIP-REP-01", family="paging")
def _(server: ReferenceServer) -> None:
    """reportType is "customers", whatever the kind of report."""
    _meta_data(server, lambda *_: {"reportType": "customers"})


@defect("without_a_page_the_last_is_answered", breaks="OIP-REP-02", family="paging", also=_PAGES)
def _(server: ReferenceServer) -> None:
    """A report without `page` begins at its end."""

    def answered(part: Reports, call: Call) -> Answer:
        if "page" not in call.query:
            size = part.size_asked_for(call)
            call.query["page"] = max(1, part.total_pages(part.kind_named(call)(call).total, size))
        return kept(call)

    kept = server.replace(Reports, "report", answered)


@defect("without_a_page_the_rows_begin_at_the_second", breaks="OIP-REP-02", family="paging", also=_PAGES)
def _(server: ReferenceServer) -> None:
    """A report without `page` says that it is the first, and leaves its first row out."""

    def change(value: Any, call: Call) -> Any:
        return value if "page" in call.query or "metaData" not in value else {**value, "data": value["data"][1:]}

    rewrite(server, "report1", body=change)


@defect("without_a_size_a_page_has_20_rows", breaks="OIP-REP-03", family="paging")
def _(server: ReferenceServer) -> None:
    """A report without `rowsPage` has 20 rows a page."""
    _asked(server, "size_asked_for", lambda call, usual: usual(call) if "rowsPage" in call.query else 20)


@defect("without_a_size_a_page_has_26_rows", breaks="OIP-REP-03", family="boundary")
def _(server: ReferenceServer) -> None:
    """A report without `rowsPage` has one row more than 25 on a page, and counts its pages by 25."""

    def change(value: Any, call: Call) -> Any:
        if "rowsPage" in call.query or "metaData" not in value or len(value["data"]) != 25:
            return value
        return {**value, "data": [*value["data"], value["data"][-1]]}

    rewrite(server, "report1", body=change)


@defect("a_page_has_five_rows_at_most", breaks="OIP-REP-04", family="limits", also=_PAGES)
def _(server: ReferenceServer) -> None:
    """A page shows five of the rows that it should have."""
    _page(server, lambda usual, records, page, size: usual(records, page, size)[:5])


@defect("a_page_is_a_row_short", breaks="OIP-REP-04", family="paging", also=_ROWS)
def _(server: ReferenceServer) -> None:
    """Every page but the first lacks its last row."""
    _page(server, lambda usual, records, page, size: usual(records, page, size)[: size - 1 if page > 1 else size])


@defect("a_page_has_a_row_too_many", breaks="OIP-REP-04", family="paging", also=_PAGES)
def _(server: ReferenceServer) -> None:
    """A page that is not the last shows the first row of the next as well."""
    _page(
        server,
        lambda _usual, records, page, size: (
            records.rows(size + 1, (page - 1) * size) if (page - 1) * size < records.total else []
        ),
    )


@defect("the_number_of_pages_is_rounded_down", breaks="OIP-REP-05", family="arithmetic", also=_PAGES)
def _(server: ReferenceServer) -> None:
    """A last page that is not full is not counted."""
    server.replace(Reports, "total_pages", lambda _part, total, size: total // size)


@defect("a_full_last_page_is_counted_twice", breaks="OIP-REP-05", family="boundary", also=("OIP-REP-04", "OIP-REP-06"))
def _(server: ReferenceServer) -> None:
    """Where the records fill their pages exactly there is said to be one page more."""
    server.replace(Reports, "total_pages", lambda _part, total, size: total // size + 1)


@defect("page_two_repeats_page_one", breaks="OIP-REP-06", family="paging", also=("OIP-REP-09",))
def _(server: ReferenceServer) -> None:
    """The second page shows the rows of the first."""
    _page(
        server,
        lambda usual, records, page, size: usual(records, 1 if page == 2 and 2 * size <= records.total else page, size),
    )


@defect("pages_overlap_by_a_row", breaks="OIP-REP-06", family="paging", also=("OIP-REP-04", "OIP-REP-09"))
def _(server: ReferenceServer) -> None:
    """The first row of a page is the last of the page before."""
    _page(
        server,
        lambda usual, records, page, size: (
            usual(records, page, size)
            if page == 1 or (page - 1) * size >= records.total
            else records.rows(len(usual(records, page, size)), (page - 1) * size - 1)
        ),
    )


@defect("the_26th_row_is_missing", breaks="OIP-REP-06", family="rare", also=_ROWS)
def _(server: ReferenceServer) -> None:
    """The 26th record of a report is on no page; the 27th stands in its place as well."""

    def page_of(usual: Callable[..., Any], records: Records, page: int, size: int) -> list[Any]:
        rows, place = list(usual(records, page, size)), 25 - (page - 1) * size
        if 0 <= place < len(rows) and records.total > 26:
            rows[place] = records.rows(1, 26)[0]
        return rows

    _page(server, page_of)


@defect(
    "the_last_page_is_dropped",
    breaks="OIP-REP-06",
    family="paging",
    also=("OIP-REP-05", "OIP-REP-04", "OIP-REP-09", "OIP-REP-03", "OIP-REP-07"),
)
def _(server: ReferenceServer) -> None:
    """totalPages is one too few where there is more than one page, so that the last is never asked for."""
    _meta_data(server, lambda made, _size: {"totalPages": max(1, made["totalPages"] - 1)})


@defect("a_large_page_is_sorted_otherwise", breaks="OIP-REP-06", family="rare", also=("OIP-REP-02", "OIP-REP-03"))
def _(server: ReferenceServer) -> None:
    """Pages of eight rows or more run backwards through the report."""

    def page_of(usual: Callable[..., Any], records: Records, page: int, size: int) -> list[Any]:
        if size < 8:
            return list(usual(records, page, size))
        everything = records.rows(records.total, 0)[::-1]
        return everything[(page - 1) * size : page * size]

    _page(server, page_of)


@defect("after_the_last_page_comes_the_last", breaks="OIP-REP-07", family="paging")
def _(server: ReferenceServer) -> None:
    """A page after the last shows the rows of the last."""
    _page(
        server,
        lambda usual, records, page, size: usual(records, min(page, max(1, -(-records.total // size))), size),
    )


@defect("far_after_the_last_page_comes_the_first", breaks="OIP-REP-07", family="rare")
def _(server: ReferenceServer) -> None:
    """A page more than a hundred after the last shows the rows of the first."""
    _page(
        server,
        lambda usual, records, page, size: usual(records, 1 if page > 100 + records.total // size else page, size),
    )


@defect("page_zero_is_the_first", breaks="OIP-REP-08", family="boundary", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """Page and size below 1 are taken for 1."""
    _lenient(server, lambda raw: max(1, int(raw)) if raw.removeprefix("-").isdecimal() else raw)


@defect("a_page_that_is_no_number_is_the_first", breaks="OIP-REP-08", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A page or size that is no whole number is taken for 1."""
    _lenient(server, lambda raw: int(raw) if raw.lstrip("-").isdecimal() else 1)


def _lenient(server: ReferenceServer, number: Callable[[str], int | str]) -> None:
    def query(_part: Parameters, operation: Any, raw: bytes) -> dict[str, Any]:
        if operation.id != "report1":
            return kept(operation, raw)
        pairs = [pair.partition(b"=") for pair in raw.split(b"&") if pair]
        made = []
        for name, _, value in pairs:
            text = value.decode("latin-1")
            made.append(f"{name.decode('latin-1')}={number(text) if name in (b'page', b'rowsPage') else text}")
        return kept(operation, "&".join(made).encode("latin-1"))

    kept = server.replace(Parameters, "query", query)


@defect("a_new_customer_is_counted_but_not_shown", breaks="OIP-REP-09", family="stale", also=_ROWS)
def _(server: ReferenceServer) -> None:
    """The newest customer of a report is in its total and on none of its pages."""

    def created_since(_part: Reports, call: Call, moment: datetime) -> Records:
        records: Records = kept(call, moment)
        return Records(
            records.total, lambda limit, offset: records.rows(min(limit, records.total - 1 - offset), offset)
        )

    kept = server.replace(Reports, "_created_since", created_since)


@defect("a_report_is_a_customer_behind", breaks="OIP-REP-09", family="stale")
def _(server: ReferenceServer) -> None:
    """The newest customer is not in a report yet."""

    def created_since(_part: Reports, call: Call, moment: datetime) -> Records:
        records: Records = kept(call, moment)
        total = max(0, records.total - 1)
        return Records(total, lambda limit, offset: records.rows(max(0, min(limit, total - offset)), offset))

    kept = server.replace(Reports, "_created_since", created_since)


@defect("an_unknown_report_is_empty", breaks="OIP-REP-10", family="validation")
def _(server: ReferenceServer) -> None:
    """A kind of report that does not exist is answered without rows."""

    def kind_named(_part: Reports, call: Call) -> Callable[[Call], Records]:
        try:
            return kept(call)
        except Refused:
            return lambda _call: Records(0, lambda _limit, _offset: [])

    kept = server.replace(Reports, "kind_named", kind_named)


@defect("an_unknown_report_is_not_found", breaks="OIP-REP-10", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """A kind of report that does not exist is answered 404, which is not published."""

    def kind_named(_part: Reports, call: Call) -> Callable[[Call], Records]:
        try:
            return kept(call)
        except Refused as refusal:
            raise Refused(404, refusal.detail) from None

    kept = server.replace(Reports, "kind_named", kind_named)
