"""What the domain generators make is what Norwegian and OIP formats say."""

from __future__ import annotations

import datetime as dt
import re
from random import Random
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from oip_conformance.generation import carts, customers, dates, identifiers, national_ids, people, phones, promotions
from oip_conformance.generation import receipts as tills
from oip_conformance.generation.phones import PhoneRange
from oip_conformance.generation.synthetic import SyntheticPeople

OSLO = ZoneInfo("Europe/Oslo")
RANGE = PhoneRange("+4799900000", "+4799999999")
PERSON = SyntheticPeople("values", RANGE, 0).next()


@given(phones.numbers(RANGE))
def test_phone_numbers_lie_in_the_range_and_are_norwegian_mobiles(number):
    parsed = phonenumbers.parse(number)

    assert number in RANGE
    assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


@given(phones.numbers(RANGE), st.sampled_from(phones.SPELLINGS))
def test_every_spelling_is_read_as_the_same_number(number, spelling):
    text = phones.spellings(number)[spelling]
    country = None if spelling == "e164" else "NO"

    assert phonenumbers.format_number(phonenumbers.parse(text, country), phonenumbers.PhoneNumberFormat.E164) == number


def test_broken_numbers_are_no_e164():
    assert [name for name, text in phones.BROKEN_NUMBERS.items() if phones.is_e164(text)] == []


@given(national_ids.national_ids())
def test_national_ids_have_the_right_check_digits_and_belong_to_nobody(number):
    assert national_ids.is_synthetic(number)
    assert fodselsnummer.calc_check_digit1(number) + fodselsnummer.calc_check_digit2(number) == number[9:]
    assert not fodselsnummer.is_valid(number)


@given(st.dates(dt.date(1940, 1, 1), dt.date(2023, 12, 31)), st.integers(0, 499))
def test_without_the_shift_python_stdnum_accepts_the_number_and_reads_the_birth_date(birth, wish):
    choices = national_ids.individual_numbers(birth)
    number = national_ids.national_id(birth, choices[wish % len(choices)], month_shift=0)

    assert number is None or fodselsnummer.get_birth_date(fodselsnummer.validate(number)) == birth


@given(national_ids.national_ids())
def test_a_number_broken_in_one_thing_is_not_synthetic_any_more(number):
    assert [what for what, text in national_ids.broken(number) if national_ids.is_synthetic(text)] == []


@given(people.zips())
def test_zips_are_four_digits(code):
    assert re.fullmatch(r"\d{4}", code)


@given(people.names())
def test_names_are_never_blank_and_can_be_sent(name):
    assert name.strip()
    assert name.encode("utf-8")


def test_hard_names_contain_what_they_are_named_for():
    assert any(ord(letter) > 0xFFFF for letter in people.HARD_NAMES["outside the basic plane"])
    assert {"æ", "ø", "å"} <= set(people.HARD_NAMES["Norwegian letters"])


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("local", "2024-04-03T07:38:32"),
        ("local_milliseconds", "2024-04-03T07:38:32.495"),
        ("rfc3339_utc", "2024-04-03T07:38:32.495Z"),
        ("date", "2024-04-03"),
        ("spaced", "2024-04-03 07:38:32"),
        ("compact_minute", "20240403T0738"),
        ("month_of_year", "04/2024"),
        ("time", "07:38:32"),
    ],
)
def test_moments_are_spelled_as_the_documentation_does(spelling, text):
    assert dates.spell(dt.datetime(2024, 4, 3, 7, 38, 32, 495000), spelling) == text


def test_the_turning_points_of_summer_time_are_real():
    skipped = dates.TURNING_POINTS["hour that summer time skips"].replace(tzinfo=OSLO)
    repeated = dates.TURNING_POINTS["hour that winter time repeats"].replace(tzinfo=OSLO)

    assert skipped.astimezone(dt.UTC).astimezone(OSLO).replace(tzinfo=None) != skipped.replace(tzinfo=None)
    assert repeated.utcoffset() != repeated.replace(fold=1).utcoffset()


def test_broken_timestamps_cannot_be_read_as_the_changed_since_form():
    def readable(text):
        try:
            return bool(re.fullmatch(r"\d{8}T\d{4}", text)) and bool(dt.datetime.strptime(text, "%Y%m%dT%H%M"))
        except ValueError:
            return False

    assert [name for name, text in dates.BROKEN_TIMESTAMPS.items() if readable(text)] == []


@given(tills.receipts("S100", "C1"))
def test_the_sums_of_a_receipt_add_up_and_returns_are_negative_in_quantity_alone(receipt):
    back = receipt["Items"][0]["TransactionType"] == "RETURN"

    assert tills.adds_up(receipt)
    assert {item["ReceiptId"] for item in receipt["Items"]} == {receipt["Header"]["ReceiptId"]}
    assert all((item["Quantity"] < 0) == back for item in receipt["Items"])
    assert all(item["GrossAmount"] >= 0 for item in receipt["Items"])


def test_one_øre_too_much_is_noticed():
    random = Random(1)
    when = dt.datetime(2024, 1, 1)
    receipt = tills.make_receipt(random, store_id="S", customer_id="C", earliest=when, latest=when)
    receipt["Header"]["GrossAmount"] += 0.01

    assert not tills.adds_up(receipt)


def test_what_is_brought_back_mirrors_what_was_bought():
    when = dt.datetime(2024, 1, 1)
    bought = tills.make_receipt(Random(1), store_id="S", customer_id="C", earliest=when, latest=when, lines=3)

    back = tills.returned(bought, receipt_id="R2")

    assert tills.adds_up(back)
    assert back["Header"]["ReceiptId"] == "R2" != bought["Header"]["ReceiptId"]
    assert [item["Quantity"] for item in back["Items"]] == [-item["Quantity"] for item in bought["Items"]]


@settings(max_examples=20)
@given(tills.batches("S100", "C1"))
def test_batches_stay_within_the_recommended_size_and_every_receipt_adds_up(body):
    requests = body["ReceiptRequests"]

    assert 1 <= len(requests) <= tills.LARGEST_BATCH
    assert all(map(tills.adds_up, requests))
    assert len({request["Header"]["ReceiptId"] for request in requests}) == len(requests)


@given(carts.carts("C1"))
def test_carts_are_whole(cart):
    assert cart["contactId"] == "C1"
    assert all(item["salePrice"] <= item["price"] for item in cart["items"])


def test_the_same_cart_can_be_reported_again():
    again = carts.make_cart(Random(1), contact_id="C1", cart_id="K1", items=0)

    assert again == {"cartId": "K1", "contactId": "C1", "items": []}


@given(customers.creations(PERSON, "example.com"))
def test_customers_are_created_with_their_own_number_without_consents_and_without_what_only_oip_sets(body):
    data = body["data"]

    assert data["mobilePhone"] == PERSON.mobile_phone
    assert not any(data.get("consents", {}).values())
    assert not set(data) & {"id", "points", "loyalty", "promotions"}


@given(promotions.redemptions("P1", "S100", "C1"))
def test_redemptions_name_promotion_and_store(body):
    assert (body["id"], body["storeId"]) == ("P1", "S100")


def test_a_redemption_at_a_till_names_the_till_and_one_on_the_web_does_not():
    assert promotions.redemption("P1", "S100", channel="POS")["cashRegisterId"]
    assert promotions.redemption("P1", "S100", channel="ECOM") == {"id": "P1", "storeId": "S100"}


def test_guids_with_the_suffix_of_the_samples_are_no_guids():
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}S2010", identifiers.make_suffixed_guid(Random(1)))
