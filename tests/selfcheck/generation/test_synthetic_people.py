"""Synthetic people: inside the range, never twice, recognisable, harmless."""

from __future__ import annotations

import threading
import time
from itertools import islice

import pytest

from oip_conformance.generation.identifiers import RunTag
from oip_conformance.generation.national_ids import is_synthetic
from oip_conformance.generation.phones import PhoneRange, is_e164
from oip_conformance.generation.synthetic import RangeExhausted, SyntheticPeople

RANGE = PhoneRange("+4799900000", "+4799909999")


def test_no_phone_number_is_handed_out_twice_and_all_lie_in_the_range():
    people = list(islice(SyntheticPeople("t1", RANGE, 3), RANGE.size))

    phones = {person.mobile_phone for person in people}

    assert len(phones) == RANGE.size
    assert all(phone in RANGE and is_e164(phone) for phone in phones)


def test_a_range_that_is_used_up_says_so_with_a_code():
    people = SyntheticPeople("t1", PhoneRange("+4799900000", "+4799900001"), 0)
    people.next(), people.next()

    with pytest.raises(RangeExhausted, match="all 2 phone numbers") as problem:
        people.next()

    assert problem.value.code == "GEN-01"
    assert "phone_range" in problem.value.hint


def test_processes_that_share_a_run_never_meet_and_together_are_the_whole_order():
    alone = [person.mobile_phone for person in islice(SyntheticPeople("t1", RANGE, 3), 300)]
    shares = [
        [person.mobile_phone for person in islice(SyntheticPeople("t1", RANGE, 3, share=(index, 3)), 100)]
        for index in range(3)
    ]

    assert sorted(alone) == sorted(phone for share in shares for phone in share)


def test_threads_that_share_a_maker_never_meet():
    people, taken = SyntheticPeople("t1", RANGE, 3), []
    threads = [
        threading.Thread(target=lambda: taken.extend(people.next().mobile_phone for _ in range(200))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(taken)) == len(taken) == 1600


def test_equal_seeds_make_equal_people_and_other_seeds_others():
    def first(seed, tag="t1"):
        return list(islice(SyntheticPeople(tag, RANGE, seed), 5))

    assert first(3) == first(3)
    assert first(3) != first(4)
    assert first(3) != first(3, "t2")


def test_everybody_carries_the_mark_of_the_run_and_only_its_maker_can_make_it():
    tag = RunTag("20261123", key=b"secret")
    person = SyntheticPeople(tag, RANGE, 0).next()

    assert tag.owns(person.external_id)
    assert not RunTag("20261123", key=b"other").owns(person.external_id)
    assert not RunTag("20261124", key=b"secret").owns(person.external_id)
    assert not tag.owns("OIPC-20261123-000000-00000000")
    assert not tag.owns("")
    assert b"secret" not in repr(tag).encode()


def test_nobody_consents_to_anything_and_no_mail_or_number_reaches_a_person():
    for person in islice(SyntheticPeople("t1", RANGE, 0, email_domain="example.org"), 50):
        assert set(person.as_customer()["consents"].values()) == {False}
        assert person.email.endswith("@example.org")
        assert is_synthetic(person.national_id)
        assert not person.national_phone.startswith("+")


def test_members_can_be_replaced_and_left_out():
    person = SyntheticPeople("t1", RANGE, 0).next()

    data = person.as_customer(zip="0010", email=None)

    assert data["zip"] == "0010"
    assert "email" not in data


def test_a_thousand_people_take_well_under_a_second():
    people = SyntheticPeople("t1", RANGE, 0)
    started = time.perf_counter()
    for _ in range(1000):
        people.next()

    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("first", "last"),
    [("4799900000", "4799999999"), ("+4799900000", "+47999"), ("+4799900001", "+4799900000"), ("", "")],
)
def test_a_range_that_is_none_is_refused(first, last):
    with pytest.raises(ValueError, match="is no"):
        PhoneRange(first, last)
