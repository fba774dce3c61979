"""The power of the generators, stated and measured: how surely each boundary is reached in a number of draws.

A generator that never reaches its boundaries makes every test over it weaker without anybody noticing. So each claim
here is measured by a test over many seeds, and printed by `benchmarks/generation_power.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from stdnum.no import fodselsnummer

from oip_conformance.generation import carts, customers, dates, identifiers, national_ids, people, phones, promotions
from oip_conformance.generation import receipts as tills
from oip_conformance.generation.identifiers import RunTag
from oip_conformance.generation.phones import PhoneRange
from oip_conformance.generation.synthetic import SyntheticPeople


@dataclass(frozen=True)
class Claim:
    """That `draws` draws from a generator reach each of its `boundaries` with at least this `probability`."""

    subject: str
    strategy: SearchStrategy[Any]
    boundaries: Mapping[str, Callable[[Any], bool]]
    draws: int = 100
    probability: float = 0.95


@dataclass(frozen=True)
class Reach:
    """How often one boundary was reached: `hits` of `trials` series of draws reached it at least once."""

    subject: str
    boundary: str
    draws: int
    trials: int
    hits: int
    claimed: float

    @property
    def share(self) -> float:
        """The measured probability."""
        return self.hits / self.trials


def measure(claim: Claim, trials: int) -> list[Reach]:
    """Draw `trials` independent series and count for each boundary the series that reached it."""
    hits = dict.fromkeys(claim.boundaries, 0)
    for trial in range(trials):
        values = draw_many(claim.strategy, claim.draws, trial)
        for name, reached in claim.boundaries.items():
            hits[name] += any(reached(value) for value in values)
    return [Reach(claim.subject, name, claim.draws, trials, count, claim.probability) for name, count in hits.items()]


def draw_many(strategy: SearchStrategy[Any], draws: int, start: int) -> list[Any]:
    """Up to `draws` values of a strategy, the same for the same start; a small strategy may have fewer of them."""
    values: list[Any] = []

    @seed(start)
    @settings(
        max_examples=draws,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values


def claims() -> Iterable[Claim]:
    """Every claim the package makes about its generators."""
    within = PhoneRange("+4799900000", "+4799999999")
    person = SyntheticPeople("power", within, 0).next()
    yield Claim(
        "phone numbers",
        phones.numbers(within),
        {
            "the first of the range": lambda number: number == within.first,
            "the last of the range": lambda number: number == within.last,
            "well inside": lambda number: number not in (within.first, within.last),
        },
    )
    yield Claim(
        "spelled phone numbers",
        phones.spelled_numbers(within),
        {name: _written_like(text) for name, text in phones.spellings(within.first).items()},
    )
    yield Claim(
        "names",
        people.names(),
        {
            "æ, ø or å": lambda name: any(letter in name for letter in "æøåÆØÅ"),
            "outside the basic plane": lambda name: any(ord(letter) > 0xFFFF for letter in name),
            "a combining mark": lambda name: "\u030a" in name,
            "a quotation mark": lambda name: '"' in name,
            "one letter": lambda name: len(name) == 1,
            "over 100 characters": lambda name: len(name) > 100,
        },
    )
    yield Claim(
        "zip codes",
        people.zips(),
        {
            "one leading zero": lambda code: code.startswith("0") and code[1] != "0",
            "two leading zeros": lambda code: code.startswith("00"),
            "no leading zero": lambda code: not code.startswith("0"),
        },
    )
    yield Claim(
        "e-mail addresses",
        people.emails("example.com"),
        {
            "a plus": lambda address: "+" in address,
            "a dot before the @": lambda address: "." in address.partition("@")[0],
            "the longest local part": lambda address: len(address.partition("@")[0]) >= 64,
        },
    )
    yield Claim(
        "national ids",
        national_ids.national_ids(),
        {
            "a leap day": lambda number: number[:4] == "2982",
            "a woman": lambda number: fodselsnummer.get_gender(number) == "F",
            "a man": lambda number: fodselsnummer.get_gender(number) == "M",
            "born before 2000": lambda number: int(number[4:6]) >= 40,
            "born in 2000 or later": lambda number: int(number[4:6]) < 40,
            "a leading zero": lambda number: number[0] == "0",
        },
    )
    yield Claim(
        "identifiers",
        identifiers.guid_like(),
        {
            "upper case": lambda text: "-" in text and text == text.upper() and text != text.lower(),
            "lower case": lambda text: "-" in text and text != text.upper(),
            "with a suffix": lambda text: text.endswith(identifiers.SUFFIX),
            "a short number": lambda text: text.isdigit(),
            "the empty GUID": lambda text: text.startswith("00000000-0000"),
        },
    )
    yield Claim(
        "external ids",
        identifiers.external_ids(RunTag("power")),
        {"serial zero": lambda text: "-000000-" in text},
        probability=0.5,
    )
    yield Claim(
        "moments",
        dates.moments(),
        {name: _equals(point) for name, point in dates.TURNING_POINTS.items()},
        draws=150,
    )
    yield Claim(
        "spelled moments",
        dates.spelled_moments(),
        {name: _written_like(dates.spell(dates.LATEST, name)) for name in dates.SPELLINGS},
    )
    yield Claim(
        "receipts",
        tills.receipts("S100", "C1"),
        {
            "a return": lambda receipt: receipt["Items"][0]["TransactionType"] == "RETURN",
            "a purchase": lambda receipt: receipt["Items"][0]["TransactionType"] == "PURCHASE",
            "one line": lambda receipt: len(receipt["Items"]) == 1,
            "ten lines or more": lambda receipt: len(receipt["Items"]) >= 10,
            "nothing to pay on a line": lambda receipt: any(item["GrossAmount"] == 0 for item in receipt["Items"]),
            "goods without VAT": lambda receipt: any(
                item["Vat"] == 0 and item["GrossAmount"] > 1 for item in receipt["Items"]
            ),
            "a discount": lambda receipt: receipt["Header"]["Discount"] > 0,
        },
    )
    yield Claim(
        "batches",
        tills.batches("S100", "C1"),
        {f"{size} receipts": _holds_receipts(size) for size in tills.BATCH_EDGES},
        draws=60,
    )
    yield Claim(
        "carts",
        carts.carts("C1"),
        {
            "no item": lambda cart: not cart["items"],
            "one item": lambda cart: len(cart["items"]) == 1,
            "over five items": lambda cart: len(cart["items"]) > 5,
            "a free item": lambda cart: any(item["price"] == 0 for item in cart["items"]),
            "a reduced item": lambda cart: any(item["salePrice"] < item["price"] for item in cart["items"]),
        },
    )
    yield Claim(
        "customers to create",
        customers.creations(person, "example.com"),
        {
            "only the phone number": lambda body: set(body["data"]) == {"mobilePhone"},
            "every member": lambda body: len(body["data"]) == len(customers.optional_members("")) + 2,
            "no consents": lambda body: "consents" not in body["data"],
            "a zip with a leading zero": lambda body: str(body["data"].get("zip", "")).startswith("0"),
        },
    )
    yield Claim(
        "changes of customers",
        customers.changes("example.com"),
        {
            "one member": lambda change: len(change) == 1,
            "four members or more": lambda change: len(change) >= 4,
            "only consents": lambda change: set(change) == {"consents"},
        },
    )
    yield Claim(
        "redemptions",
        promotions.redemptions("P1", "S100", "C1"),
        {
            "anonymous": lambda body: "customerId" not in body,
            "at a till": lambda body: "cashRegisterId" in body,
            "not at a till": lambda body: "cashRegisterId" not in body,
            "with a receipt": lambda body: "receiptId" in body,
            "only what is required": lambda body: set(body) == {"id", "storeId"},
        },
    )


def _shape(text: str) -> str:
    return "".join("9" if character.isdigit() else character for character in text)


def _written_like(example: str) -> Callable[[str], bool]:
    shape = _shape(example)
    return lambda text: _shape(text) == shape


def _equals(wanted: object) -> Callable[[object], bool]:
    return lambda value: value == wanted


def _holds_receipts(size: int) -> Callable[[dict[str, Any]], bool]:
    return lambda body: len(body["ReceiptRequests"]) == size
