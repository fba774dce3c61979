"""Reports in pages: where one is, how large a page is, and that the pages are the whole."""

from __future__ import annotations

import math

import pytest

from oip_conformance.scenario import Oip, Unmet, requirement
from oip_conformance.scenario.reports import Page, contents, page_size


def same_rows(one: Page, two: Page) -> Unmet | None:
    """What two readings of one page break when they differ."""
    if contents(one.rows) == contents(two.rows):
        return None
    return two.answer.unmet(f"the {len(one.rows)} rows of {one.answer.exchange.id}", f"{len(two.rows)} other rows")


@requirement("OIP-REP-01")
@pytest.mark.parametrize("number", [1, 2])
def test_a_page_says_where_it_is(oip: Oip, number: int) -> None:
    """metaData repeats the kind of report and the page that were asked for."""
    name = oip.paged_report()
    oip.fill_report(name, 4)
    page = oip.page_of(name, page=number, rowsPage=2)
    page.answer.expect_value(name, "metaData", "reportType").expect_value(number, "metaData", "activePage")
    if not page.rows:
        raise page.answer.unmet(f"the rows of page {number} of {page.pages}", "none")


@requirement("OIP-REP-01")
def test_every_paged_report_says_which_it_is(oip: Oip) -> None:
    """Each kind that the profile names calls itself by its own name."""
    oip.paged_report()
    for name in (name for name, one in oip.profile.fixtures.reports.items() if one.paged):
        page = oip.page_of(name, page=1, rowsPage=1)
        page.answer.expect_value(name, "metaData", "reportType")


@requirement("OIP-REP-02")
def test_without_a_page_the_first_is_answered(oip: Oip) -> None:
    """Leaving `page` out is asking for page 1."""
    name = oip.paged_report()
    oip.fill_report(name, 4)
    page = oip.page_of(name, rowsPage=2)
    page.answer.expect_value(1, "metaData", "activePage")
    oip.settled(lambda: same_rows(oip.page_of(name, page=1, rowsPage=2), oip.page_of(name, rowsPage=2)))


@requirement("OIP-REP-03")
def test_without_a_size_a_page_has_25_rows(oip: Oip) -> None:
    """Leaving `rowsPage` out is asking for 25, and a page that is not the last is full."""
    name = oip.paged_report()
    page = oip.fill_report(name, 26)
    if len(page.rows) != 25:
        raise page.answer.unmet(f"25 of {page.total} rows", f"{len(page.rows)}")
    if page.pages != math.ceil(page.total / 25):
        raise page.answer.unmet(f"{math.ceil(page.total / 25)} pages of 25", f"{page.pages}")
    oip.settled(lambda: same_rows(oip.page_of(name, page=1, rowsPage=25), oip.page_of(name, page=1)))


@requirement("OIP-REP-04")
@pytest.mark.parametrize("rows", [1, 3, 7])
def test_a_page_is_as_large_as_asked_for(oip: Oip, rows: int) -> None:
    """The first and the second page are full, the last has the rest; each by its own metaData."""
    name = oip.paged_report()
    oip.fill_report(name, 2 * rows + 1)
    pages = [oip.page_of(name, page=number, rowsPage=rows) for number in (1, 2)]
    pages.append(oip.page_of(name, page=pages[-1].pages, rowsPage=rows))
    for page in pages:
        wanted = rows if not page.is_last else page.total - rows * (page.active - 1)
        if len(page.rows) != wanted:
            raise page.answer.unmet(f"{wanted} rows on page {page.active} of {page.pages}", f"{len(page.rows)}")


@requirement("OIP-REP-05")
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 10, 100])
def test_the_number_of_pages_is_rounded_up(oip: Oip, rows: int) -> None:
    """totalPages is totalRecords / rowsPage, rounded up."""
    name = oip.paged_report()
    oip.fill_report(name, 3)
    page = oip.page_of(name, page=1, rowsPage=rows)
    if page.pages != math.ceil(page.total / rows):
        raise page.answer.unmet(f"{math.ceil(page.total / rows)} pages for {page.total} records", f"{page.pages}")


@requirement("OIP-REP-06")
def test_all_pages_together_are_the_whole(oip: Oip) -> None:
    """As many rows as totalRecords says, and no row twice. A report that grows meanwhile may show a row again."""
    name = oip.paged_report()
    total = oip.fill_report(name, 9).total

    pages = list(oip.walk_report(name, min(total // 4 + 1, page_size(total))))

    rows = [row for page in pages for row in contents(page.rows)]
    last, least = pages[-1], min(page.total for page in pages)
    if len(rows) != last.total:
        raise last.answer.unmet(f"{last.total} rows on {len(pages)} pages", f"{len(rows)}")
    if len(set(rows)) < least:
        raise last.answer.unmet(
            f"{least} different rows", f"{len(set(rows))}: {len(rows) - len(set(rows))} stand twice"
        )


@requirement("OIP-REP-06")
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_two_small_pages_are_one_large_page(oip: Oip, where: str) -> None:
    """Pages 2k-1 and 2k of four rows are page k of eight, at the beginning, in the middle and at the end."""
    name = oip.paged_report()
    pages = max(1, oip.fill_report(name, 24).total // 8)
    number = {"first": 1, "middle": (pages + 1) // 2, "last": pages}[where]

    def agree() -> Unmet | None:
        large = oip.page_of(name, page=number, rowsPage=8)
        small = [oip.page_of(name, page=one, rowsPage=4) for one in (2 * number - 1, 2 * number)]
        if contents(large.rows) == contents([*small[0].rows, *small[1].rows]):
            return None
        return small[1].answer.unmet(f"the rows of {large.answer.exchange.id} on two pages", "other rows")

    oip.settled(agree)


@requirement("OIP-REP-07")
@pytest.mark.parametrize("beyond", [1, 1000])
def test_after_the_last_page_there_is_nothing(oip: Oip, beyond: int) -> None:
    """A page after the last has no rows, or is refused; it is no other page again."""
    name = oip.paged_report()
    oip.fill_report(name, 3)

    def agree() -> Unmet | None:
        pages = oip.page_of(name, page=1, rowsPage=2).pages
        answer = oip.ask_for_report(name, page=pages + beyond, rowsPage=2).expect(200, 400)
        if answer.status == 400:
            answer.expect_error(400)
            return None
        rows = oip.rows_of_report(name, answer)
        return answer.unmet(f"no rows on page {pages + beyond} of {pages}", f"{len(rows)}") if rows else None

    oip.settled(agree)


@requirement("OIP-REP-08")
@pytest.mark.parametrize("parameter", ["page", "rowsPage"])
@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "0x1"])
def test_impossible_pages_are_refused(oip: Oip, parameter: str, value: str) -> None:
    """What is no whole number from 1 answers 400."""
    name = oip.paged_report()
    oip.ask_for_report(name, **{parameter: "1"}).expect(200)
    oip.ask_for_report(name, **{parameter: value}).expect_error(400)
