"""A report lists records of the account in pages that add up to the whole."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from oip_conformance.profile import load_profile
from oip_reference.clock import Clock
from oip_reference.wellknown import HISTORIC_PHONE


def report(oip, name="customers", **query):
    more = {"tenant": query.pop("tenant")} if "tenant" in query else {}
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return oip.ask("GET", f"/reports/{name}?{asked}", **more)


def walk(oip, name, **query):
    """All rows of a report, page by page, and how many pages there were."""
    first = report(oip, name, **query).json
    pages = [first, *(report(oip, name, page=page, **query).json for page in range(2, pages_of(first) + 1))]
    assert [page["metaData"]["activePage"] for page in pages] == list(range(1, len(pages) + 1))
    return [row for page in pages for row in page["data"]], len(pages)


def pages_of(page):
    return page["metaData"]["totalPages"]


@pytest.mark.parametrize("size", [1, 7, 25, 61, 1000])
@pytest.mark.parametrize("name", ["customers", "bonusTransactions"])
def test_the_pages_of_a_report_add_up_to_the_whole(oip, name, size):
    query = {"customerId": f"%2B{HISTORIC_PHONE[1:]}"} if name == "bonusTransactions" else {}
    rows, pages = walk(oip, name, rowsPage=size, **query)
    total = report(oip, name, **query).json["metaData"]["totalRecords"]

    assert len({str(row["id"]) for row in rows}) == len(rows) == total > 50
    assert pages == math.ceil(total / size)
    assert report(oip, name, page=pages + 1, rowsPage=size, **query).json["data"] == []
    assert report(oip, name, page=10**18, rowsPage=size, **query).json["data"] == []


def test_without_words_it_is_the_first_page_of_25(oip):
    plain = report(oip).json
    assert plain == report(oip, page=1, rowsPage=25).json
    assert len(plain["data"]) == 25
    assert plain["metaData"] == {"reportType": "customers", "totalRecords": 61, "totalPages": 3, "activePage": 1}


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "1.0", "1e1", "x", "", "9" * 40, "%D9%A3"])
@pytest.mark.parametrize("name", ["page", "rowsPage"])
def test_an_impossible_page_is_refused(oip, name, value):
    report(oip, **{name: value}).refused(400)


def test_a_new_customer_is_in_the_reports_at_once_and_leaves_that_of_new_ones_after_a_day(oip):
    before = report(oip, "newCustomers").json["metaData"]["totalRecords"]
    member = oip.new_member()
    for name in ("newCustomers", "customers"):
        rows, _ = walk(oip, name)
        assert member["id"] in [row["id"] for row in rows]
        assert report(oip, name, tenant="second").json["metaData"]["totalRecords"] == len(rows) - 1
    assert report(oip, "newCustomers").json["metaData"]["totalRecords"] == before + 1

    oip.application.server.part(Clock).offset = timedelta(hours=25)
    empty = report(oip, "newCustomers").json
    assert (empty["data"], empty["metaData"]["totalRecords"], empty["metaData"]["totalPages"]) == ([], 0, 0)
    assert report(oip, "deletedCustomers").json["data"] == []


def test_deleted_customers_are_those_of_the_last_day(oip):
    assert [row["DeletedAt"] for row in report(oip, "deletedCustomers").json["data"]]


def test_bonus_transactions_are_those_of_the_customer_who_is_named(oip):
    member = oip.new_member()
    shown = report(oip, "bonusTransactions", customerId=member["id"]).json["data"]
    assert shown == oip.ask("GET", f"/loyalty/bonus/transactions/{member['id']}").json["transactions"]
    report(oip, "bonusTransactions").refused(400)
    report(oip, "bonusTransactions", customerId=member["id"], tenant="second").refused(400)


def test_an_unknown_report_is_refused(oip):
    assert "customers" in report(oip, "nonsense").refused(400)


def test_an_account_may_name_its_own_report_and_its_layout(made, tmp_path):
    path = tmp_path / "vendor.toml"
    path.write_text(
        'name = "A vendor"\n[fixtures.reports]\nmembers = { paged = true, records = "rows" }\nall = { paged = false }\n'
        'wrapped = { paged = false, records = "members" }\n'
    )
    oip = made(profile=load_profile(path))
    assert len(report(oip, "members").json["rows"]) == 25
    assert len(report(oip, "all").json) == len(report(oip, "wrapped").json["members"]) == 61
