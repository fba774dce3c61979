"""Look-ups at a third party: persons by phone number and by national id, all of them made up."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.national_ids import has_valid_check_digits, synthetic_birth_date
from oip_reference.parts import Part

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_UNLISTED: Final = "000"
_FIRST_NAMES: Final = ("Kari", "Ola", "Åse", "Bjørn", "Ingrid", "Lars", "Solveig", "Øyvind")
_LAST_NAMES: Final = ("Nordmann", "Hansen", "Bakken", "Dahl", "Ødegård", "Lie", "Prøve", "Åsen")
_PLACES: Final = (("0010", "Oslo"), ("5003", "Bergen"), ("9008", "Tromsø"), ("7010", "Trondheim"))


class Directory(Part):
    """The third party. It knows a person for every number, always the same one, but for numbers that end in 000
    (nobody is listed there), and for every synthetic national id; a national id that could be real it never knows."""

    def person_with_phone(self, tenant: Tenant, number: str) -> dict[str, Any] | None:
        named = tenant.fixtures.lookups.mobile_phone
        return None if number.endswith(_UNLISTED) and number != named else self.person(number)

    def person_with_national_id(self, tenant: Tenant, number: str) -> dict[str, Any] | None:
        born = synthetic_birth_date(number) if number.isdecimal() and len(number) == 11 else None
        if born is None:
            return self.person(number) if number in self.named_national_ids(tenant) else None
        return {**self.person(number), "birthDate": f"{born.isoformat()}T00:00:00"}

    def named_national_ids(self, tenant: Tenant) -> set[str]:
        """The national ids of the test persons that the account's profile names, itself or by a variable."""
        lookups = tenant.fixtures.lookups
        return {number for number in (lookups.ssn, os.environ.get(lookups.ssn_env or "")) if number}

    def person(self, key: str) -> dict[str, Any]:
        made = sha256(key.encode()).digest()
        zip_code, city = _PLACES[made[2] % len(_PLACES)]
        return {
            "firstName": _FIRST_NAMES[made[0] % len(_FIRST_NAMES)],
            "lastName": _LAST_NAMES[made[1] % len(_LAST_NAMES)],
            "address": f"Kongens gate {made[3] % 90 + 1}",
            "zip": zip_code,
            "city": city,
        }


class Lookups(Domain):
    """Asks the directory about what can be a number at all; stores nothing."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.directory = server.part(Directory)

    @handles("lookupMobilePhone")
    def by_mobile_phone(self, call: Call) -> Answer:
        number = call.path["mobilePhone"]
        self.check_phone(call, number)
        return self._shown(call, self.directory.person_with_phone(call.tenant, number))

    @handles("lookupSsn")
    def by_national_id(self, call: Call) -> Answer:
        number = call.path["ssn"]
        self.check_national_id(call, number)
        return self._shown(call, self.directory.person_with_national_id(call.tenant, number))

    def _shown(self, call: Call, person: dict[str, Any] | None) -> Answer:
        if person is None:
            raise call.not_found("Nobody is known by this number.")
        return Answer(200, person)

    # rules

    def check_phone(self, call: Call, number: str) -> None:
        if not _PHONE.fullmatch(number):
            raise call.invalid("mobilePhone", "must be a phone number with country code, such as +4712345678")

    def check_national_id(self, call: Call, number: str) -> None:
        """Refuses what is no national id, without repeating it."""
        if not has_valid_check_digits(number):
            raise call.invalid("ssn", "must be a national id: eleven digits whose check digits fit")
