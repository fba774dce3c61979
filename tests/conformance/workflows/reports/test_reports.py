"""What stands in a report."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Oip, requirement
from oip_conformance.scenario.reports import names, page_size


@requirement("OIP-REP-09")
def test_a_new_customer_is_in_the_report(oip: Oip) -> None:
    """The report has more records than before, and the customer on one of its pages."""
    name = oip.customers_report()
    if not oip.profile.fixtures.reports[name].paged:
        member = oip.create_member()
        answer = oip.ask_for_report(name).expect(200)
        if not any(names(row, member) for row in oip.rows_of_report(name, answer)):
            raise answer.unmet(f"customer {member.id} in the report", "no row of this customer")
        return
    before = oip.page_of(name, page=1).total
    member = oip.create_member()
    after = oip.page_of(name, page=1)
    if after.total <= before:
        raise after.answer.unmet(f"more than {before} records", f"{after.total}")
    if not any(names(row, member) for page in oip.walk_report(name, page_size(after.total)) for row in page.rows):
        raise after.answer.unmet(f"customer {member.id} on one of the pages", "no row of this customer")


@requirement("OIP-REP-10")
@pytest.mark.parametrize("name", ["no-such-report", "Customers' OR '1'='1"])
def test_an_unknown_report_is_refused(oip: Oip, name: str) -> None:
    """A kind of report that does not exist answers 400 in the envelope; one that exists is answered."""
    oip.ask_for_report(oip.some_report()).expect(200)
    oip.ask_for_report(name).expect_enveloped(400)
