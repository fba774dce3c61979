"""Creating a customer: what is answered, what is stored, what is refused."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Member, NotApplicable, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import at_once, expect_same, expect_shown


@requirement("OIP-CUST-01")
def test_creating_answers_201_with_the_customer(oip: Oip) -> None:
    """A creation answers 201 with `data`, an id in it, and `metaData`."""
    answer = oip.try_to_create(oip.person_data()).expect(201)

    if not str(answer.at("data", "id")).strip():
        raise answer.unmet("an id", "an empty one")
    answer.at("metaData", "CreatedAt")


@requirement("OIP-CUST-02")
def test_every_customer_has_an_id_of_its_own(oip: Oip) -> None:
    """Creations one after the other and at the same time give different ids."""
    after_each_other = [oip.try_to_create(oip.person_data()).expect(201) for _ in range(2)]
    people = [oip.person_data() for _ in range(4)]
    answers = after_each_other + at_once([lambda data=data: oip.try_to_create(data).expect(201) for data in people])

    ids = [answer.at("data", "id") for answer in answers]
    if len(set(ids)) != len(ids):
        raise answers[-1].unmet("six different ids", repr(ids))


@requirement("OIP-CUST-03")
def test_what_was_created_is_read_back(oip: Oip) -> None:
    """Every published field is in the answer and in the record, as it was sent."""
    data = oip.person_data(favoriteStores=[oip.some_store()], interests=["Sports", "Mat og drikke"])
    created = oip.try_to_create(data).expect(201)
    expect_shown(created, created.at("data"), data)

    read = oip.find(created.at("data", "id")).expect(200)
    expect_shown(read, read.at("data"), data)


LARGE = {
    "a long text": {"address": "Kongens gate 21, oppgang B, tredje etasje til venstre, ring på hos Prøve " * 3 + "!"},
    "many stores": {"favoriteStores": [f"S-{number:03}" for number in range(40)]},
    "many interests": {"interests": [f"Interesse {number}" for number in range(40)]},
    "values of every type": {
        "extendedProperties": {"tall": 7, "del": 0.5, "ja": True, "liste": [1, "to"], "objekt": {"a": {"b": "dypt"}}}
    },
}
"""More than most customers have: long, many, deep."""


@requirement("OIP-CUST-03")
@pytest.mark.parametrize("what", LARGE)
def test_what_is_large_is_kept_whole_or_refused(oip: Oip, what: str) -> None:
    """A server may have limits, and refuses (400) what is beyond them; it cuts nothing off and turns nothing into text."""
    person = oip.person_data()
    more = LARGE[what]
    if "extendedProperties" in more:
        more = {"extendedProperties": {**person.get("extendedProperties", {}), **more["extendedProperties"]}}
    data = {**person, **more}
    oip.require_valid("createMember", {"data": data, "source": oip.source()})

    answer = oip.try_to_create(data).expect(201, 400)

    if answer.status == 201:
        expect_shown(answer, answer.at("data"), more)
        read = oip.find(answer.at("data", "id")).expect(200)
        expect_shown(read, read.at("data"), more)


@requirement("OIP-CUST-09")
def test_the_minimum_payload_is_enough(oip: Oip) -> None:
    """The mobile phone, and what else the account requires, are enough."""
    wanted = {"mobilePhone", *oip.profile.customers.required}
    data = {name: value for name, value in oip.person_data().items() if name in wanted or name == "extendedProperties"}

    answer = oip.call("createMember", json={"data": data}).expect(201)

    answer.expect_value(data["mobilePhone"], "data", "mobilePhone")


@requirement("OIP-CUST-10")
@pytest.mark.parametrize("phone", [None, ""], ids=["missing", "empty"])
def test_a_customer_without_a_phone_number_is_refused(oip: Oip, phone: str | None) -> None:
    """The same person with a phone number is created, so it is the number that was missed."""
    complete = oip.person_data()
    without = {name: value for name, value in complete.items() if name != "mobilePhone"}
    if phone is not None:
        without["mobilePhone"] = phone

    oip.try_to_create(without).expect_error(400)

    oip.find(complete["externalId"], by="externalId").expect(404)
    oip.try_to_create(complete).expect(201)


@requirement("OIP-CUST-10")
def test_a_customer_without_another_required_field_is_refused(oip: Oip) -> None:
    """Each field that the profile says the account requires is required."""
    for name in oip.profile.customers.required:
        complete = oip.person_data()
        without = {key: value for key, value in complete.items() if key != name}
        oip.try_to_create(without).expect_error(400)
        if name != "mobilePhone":
            oip.find(complete["mobilePhone"], by="mobilePhone").expect(404)
        oip.try_to_create(complete).expect(201)


@requirement("OIP-CUST-11")
def test_a_mobile_phone_is_registered_once(oip: Oip, member: Member) -> None:
    """A second registration answers 409 and changes nobody."""
    before = oip.read(member).expect(200)
    double = oip.person_data(mobilePhone=member.mobile_phone)

    oip.try_to_create(double).expect_error(409)

    after = oip.read(member, by="mobilePhone").expect(200)
    expect_same(after, before.at("data"), after.at("data"))
    oip.find(double["externalId"], by="externalId").expect(404)


@requirement("OIP-CUST-12")
def test_an_external_id_is_registered_once(oip: Oip, member: Member) -> None:
    """A second registration answers 409 and creates nobody."""
    double = oip.person_data(externalId=member.identifier("externalId"))

    oip.try_to_create(double).expect_error(409)

    oip.find(double["mobilePhone"], by="mobilePhone").expect(404)


@requirement("OIP-CUST-13")
@pytest.mark.parametrize("phone", ["+47ABCDEFGH", "not a number", "+4", "+47999000010000000000"])
def test_what_is_no_phone_number_is_refused(oip: Oip, member: Member, phone: str) -> None:
    """Letters, and numbers far too short or long, are refused in creations and updates."""
    oip.try_to_create(oip.person_data(mobilePhone=phone)).expect_error(400)

    oip.update(member, mobilePhone=phone).expect_error(400)
    oip.read(member).expect(200).expect_value(member.mobile_phone, "data", "mobilePhone")


@requirement("OIP-CUST-29")
def test_a_client_cannot_give_points(oip: Oip) -> None:
    """`loyalty` in a creation or update is ignored or refused."""
    gift = {"loyalty": {"points": 98765, "pointsActive": 98765, "pointsTotal": 98765}}
    usual = oip.record_of(oip.create_member()).get("loyalty", {}).get("points", 0)
    member, refused = oip.create_member_with_more(gift)

    oip.update(member, **gift).expect(200, 400)

    answer = oip.read(member).expect(200)
    got = (answer.at("data").get("loyalty") or {}).get("points", 0)
    if got != usual:
        raise answer.unmet(f"points {usual}, as every new customer has", f"points {got} (refused: {refused})")


@requirement("OIP-CUST-30")
def test_a_client_cannot_give_promotions(oip: Oip) -> None:
    """`promotions` in a creation or update is ignored or refused."""
    gift = {"promotions": [{"id": "GIFT-1", "name": "Everything is free", "available": True}]}
    member, _ = oip.create_member_with_more(gift)

    oip.update(member, **gift).expect(200, 400)

    answer = oip.read(member).expect(200)
    listed = [item.get("id") for item in answer.at("data").get("promotions") or []]
    if "GIFT-1" in listed:
        raise answer.unmet("no promotion that the client made up", repr(listed))


@requirement("OIP-CUST-31")
def test_a_client_cannot_choose_the_id(oip: Oip, member: Member) -> None:
    """An id in a creation does not become the new customer's, and does not overwrite an existing one."""
    before = oip.record_of(member)
    chosen = oip.fresh_id("customer")
    for wanted in (chosen, member.id):
        answer = oip.try_to_create(oip.person_data(id=wanted)).expect(201, 400, 409)
        if answer.status == 201 and answer.at("data", "id") == wanted:
            raise answer.unmet("an id that the server chose", wanted)

    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))


@requirement("OIP-CUST-32")
def test_a_client_cannot_set_the_times_of_the_record(oip: Oip) -> None:
    """`metaData` in a creation or update is ignored or refused."""
    past = {"CreatedAt": "1999-01-01 00:00:00", "UpdatedAt": "1999-01-01 00:00:00"}
    data = oip.person_data()
    created = oip.call("createMember", json={"data": data, "metaData": past}).expect(201, 400)
    member = oip.member_of(created, data) if created.status == 201 else oip.create_member()

    oip.call("updateMember", json={"data": {"id": member.id, "city": "Bodø"}, "metaData": past}).expect(200, 400)

    answer = oip.read(member).expect(200)
    for name in past:
        if str(answer.at("metaData", name)).startswith("1999"):
            raise answer.unmet(f"{name} set by the server", past[name])


@requirement("OIP-CUST-43")
def test_parallel_registrations_of_one_number_create_one_customer(oip: Oip) -> None:
    """Of several registrations at once one answers 201, the others 409, and one customer has the number."""
    phone = oip.person_data()["mobilePhone"]
    people = [oip.person_data(mobilePhone=phone) for _ in range(6)]

    answers = at_once([lambda data=data: oip.try_to_create(data).expect(201, 409) for data in people])

    winners = [answer for answer in answers if answer.status == 201]
    if len(winners) != 1:
        raise answers[0].unmet(f"1 of {len(answers)} to succeed", f"{len(winners)} succeeded")
    holder = oip.find(phone, by="mobilePhone").expect(200)
    holder.expect_value(winners[0].at("data", "id"), "data", "id")
    found = [oip.find(data["externalId"], by="externalId").expect(200, 404).status for data in people]
    if found.count(200) != 1:
        raise holder.unmet("one customer with one of the external ids", f"{found.count(200)} of them")


@requirement("OIP-POS-02")
def test_the_published_sample_of_a_creation_is_accepted(oip: Oip) -> None:
    """The default payload of the documentation, with its identifiers replaced, creates a customer."""
    samples = oip.contract.operation("createMember").request_examples("application/json")
    if not samples:
        raise NotTested("the contract publishes no sample")
    for sample in samples.values():
        fresh = oip.person_data()
        data = {**sample["data"], "mobilePhone": fresh["mobilePhone"]}
        for name in ("externalId", "email"):
            if name in data:
                data[name] = fresh[name]
        for name in oip.profile.customers.required:
            data.setdefault(name, fresh.get(name))
        extended = {**data.get("extendedProperties", {}), **fresh.get("extendedProperties", {})}
        body = {**sample, "data": {**data, "extendedProperties": extended}}
        oip.call("createMember", json=body).expect(201)


@requirement("OIP-POS-01")
@pytest.mark.parametrize("number", ["+46701740605", "+447700900123"])
def test_a_number_of_another_country_is_a_number(oip: Oip, number: str) -> None:
    """Numbers that their countries reserve for films are taken; they are sent to nobody's real system."""
    if not oip.target.gate.everything:
        raise NotApplicable("numbers outside the profile's range are sent to this machine only")
    answer = oip.try_to_create(oip.person_data(mobilePhone=number))
    if answer.status != 409:
        answer.expect(201).expect_value(number, "data", "mobilePhone")
