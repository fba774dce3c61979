"""The profile: what is tested, as a vendor writes it down. The JSON Schema for editors is made from this."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

Activation = Literal["activated", "not-activated", "undeclared"]
Way = Literal["id", "mobilePhone", "externalId"]
CLASSES = (
    "core", "customers", "consents", "promotions", "loyalty", "carts", "transactions", "stores", "messaging",
    "payments", "pricing", "imports", "lookups", "automation", "reports", "enrichment", "recruitment", "functions",
)  # fmt: skip
"""The conformance classes a profile may claim."""

PROMOTION_ROLES = ("open", "single_use", "unlimited", "pos_only", "one_store", "expired", "not_yet_valid")
"""What the promotions of [fixtures.promotions] are for; every new customer has them all."""

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class Named(Protocol):
    """An operation, as far as a profile needs to know it."""

    @property
    def id(self) -> str: ...

    @property
    def conformance_class(self) -> str: ...


class Table(BaseModel):
    """A table of the profile: closed, and not changed after it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TargetTable(Table):
    """Where the target is and how to reach it. Without `url` the embedded reference server is the target."""

    url: str | None = Field(None, description="Base URL, with the version: https://api.staging.oculos.no/v4")
    api_key_env: str = Field("OIP_API_KEY", description="Environment variable that holds the API key")
    second_api_key_env: str = Field(
        "OIP_SECOND_API_KEY", description="The same for a second tenant, for isolation tests"
    )
    timeout_seconds: Positive = Field(10.0, description="Seconds that a whole answer may take")
    verify_tls: bool = Field(True, description="Whether certificates are checked")
    headers: dict[str, str] = Field({}, description="Headers to send with every request; no secrets")


class ContractTable(Table):
    """Which contract the target keeps."""

    file: str | None = Field(None, description="An OpenAPI file instead of the one that ships")
    overlays: tuple[str, ...] = Field((), description="Overlay files, or short names of shipped ones such as oip-4.3")


class ClaimsTable(Table):
    """What the target claims to offer. Claims are checked both ways."""

    classes: tuple[str, ...] | Literal["all"] = Field("all", description="Conformance classes that are claimed")
    activated: tuple[str, ...] | Literal["all"] = Field(
        "all", description="Operations of those classes that are activated"
    )
    not_activated: tuple[str, ...] = Field((), description="Operations that must answer 403")


class BindingTable(Table):
    """Where the target has an operation, when it differs from the contract."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = Field(None, description="The HTTP method")
    path: str | None = Field(None, description="The path, with the contract's parameters in braces")


class IdentifiersTable(Table):
    """Which kinds of id the account takes where an operation names a person."""

    customer: tuple[Way, ...] = Field(
        ("id", "mobilePhone", "externalId"), description="Kinds of id, the usual one first"
    )


class CustomersTable(Table):
    """How customers are configured."""

    required: tuple[str, ...] = Field(("mobilePhone",), description="Fields of data that a creation must have")
    extended_properties: dict[str, dict[str, Any]] = Field({}, description="JSON Schema of each extended property")
    update: Literal["merge", "replace"] = Field("merge", description="What an update does with fields it does not name")
    phone_country_code: str = Field("+47", description="Country code of the synthetic phone numbers")


class AccessTable(Table):
    """From where the account may be called."""

    networks: tuple[str, ...] = Field(
        (), description="Networks such as 192.0.2.0/24 that the account may be called from; none: from anywhere"
    )


class ReportFixture(Table):
    """A kind of report that may be asked for."""

    paged: bool = Field(False, description="Whether the report comes in pages")
    query: dict[str, str] = Field({}, description="Query parameters that it needs")
    records: str | None = Field(None, description="Name of the member that holds the list of records")


class FunctionFixture(Table):
    """An agreed function, with one exchange that must work."""

    request: dict[str, Any] = Field({}, description="A body that the function accepts")
    response: dict[str, Any] | None = Field(None, description="The body that it then answers, where that is fixed")


class FunctionsFixture(Table):
    """The agreed functions, by name."""

    customer: dict[str, FunctionFixture] = Field({}, description="Functions of the customers endpoint")
    promotions: dict[str, FunctionFixture] = Field({}, description="Functions of the promotions endpoint")


class LookupFixture(Table):
    """Persons who exist at the third party and may be looked up."""

    mobile_phone: str | None = Field(None, description="A number whose owner is known")
    ssn_env: str | None = Field(None, description="Environment variable that holds a national id that is known")
    ssn: str | None = Field(None, description="A synthetic national id that is known (sandbox only)")


class GatewayFixture(Table):
    """How to make a system behind the target fail, for the rules on 429 and 502."""

    control_url: str | None = Field(
        None,
        description="Where a POST of {status, operations, mentioning, times} tells them to fail (sandbox only), "
        "as an address or relative to the target's",
    )


class FixturesTable(Table):
    """What exists on the target for the tests to use. A missing fixture leaves its requirements not tested."""

    stores: tuple[str, ...] = Field((), description="Ids of stores that exist")
    promotions: dict[str, str] = Field(
        {}, description=f"Promotion ids by role, that every new customer has: {', '.join(PROMOTION_ROLES)}"
    )
    unassigned_promotion: str | None = Field(
        None, description="A promotion that exists and that new customers do not have"
    )
    stamp_cards: tuple[str, ...] = Field((), description="Ids of stamp cards that customers have")
    activities: tuple[str, ...] = Field((), description="Ids of bonus activities that may be imported")
    campaigns: tuple[str, ...] = Field((), description="Ids of current bonus campaigns")
    points_per_krone: float | None = Field(None, description="Points that one krone of a purchase earns")
    reports: dict[str, ReportFixture] = Field({}, description="Kinds of report, by name")
    triggers: tuple[str, ...] = Field((), description="Ids of automations that may be triggered")
    messages: tuple[str, ...] = Field((), description="Names of preconfigured messages")
    functions: FunctionsFixture = Field(FunctionsFixture(), description="Agreed functions")
    lookups: LookupFixture = Field(LookupFixture(), description="Persons who may be looked up")
    price_calculations: tuple[str, ...] = Field((), description="Kinds of price calculation")
    price_request: dict[str, Any] = Field({}, description="The agreed body of a price calculation")
    import_formats: tuple[Literal["json", "xml", "csv", "form", "file"], ...] = Field((), description="Import formats")
    enrichment_location: str | None = Field(
        None, description="Beginning of the address that an enrichment redirects to"
    )
    outbox_url: str | None = Field(
        None,
        description="Where GET ?recipient= lists what was sent, newest first, each as {recipient, content} with message "
        "and sender in the content (sandbox only), as an address or relative to the target's",
    )
    gateways: GatewayFixture = Field(GatewayFixture(), description="Failing gateways")


class DataTable(Table):
    """Which synthetic data the tests may make."""

    phone_range: tuple[str, str] = Field(("+4799900000", "+4799999999"), description="First and last phone number")
    email_domain: str = Field("example.com", description="Domain of synthetic addresses")
    external_id_prefix: str = Field("OIPC", description="Beginning of synthetic external ids")


class SafetyTable(Table):
    """What may be done to a target that is not on this machine."""

    writes: bool = Field(False, description="Whether customers and other records may be made and changed")
    external: dict[str, tuple[str, ...]] = Field(
        {}, description="Operations with effects outside OIP that may be called, each with its recipients"
    )


class LimitsTable(Table):
    """How much and how fast."""

    requests_per_second: Positive | None = Field(None, description="Requests a second at the most")
    total_requests: Count | None = Field(None, description="Requests in one run at the most")
    created_records: Count | None = Field(None, description="Customers made in one run at the most")
    concurrency: Annotated[int, Field(gt=0, le=64)] = Field(8, description="Requests under way at a time")


class Profile(Table):
    """What is tested: target, claims, fixtures, safety and limits of one configuration of OIP."""

    name: str = Field(description="Name of the configuration, shown in reports")
    description: str = Field("", description="What the configuration is for")
    target: TargetTable = TargetTable()
    contract: ContractTable = ContractTable()
    claims: ClaimsTable = ClaimsTable()
    operations: dict[str, BindingTable] = {}
    access: AccessTable = AccessTable()
    identifiers: IdentifiersTable = IdentifiersTable()
    customers: CustomersTable = CustomersTable()
    fixtures: FixturesTable = FixturesTable()
    data: DataTable = DataTable()
    safety: SafetyTable = SafetyTable()
    limits: LimitsTable = LimitsTable()

    _path: Path | None = PrivateAttr(default=None)
    _text: str = PrivateAttr(default="")

    @property
    def path(self) -> Path | None:
        """The file it was read from."""
        return self._path

    @property
    def digest(self) -> str:
        """sha256 over the canonical content; where the file lies makes no difference."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def claims_class(self, name: str) -> bool:
        """Whether the profile claims a conformance class."""
        return self.claims.classes == "all" or name in self.claims.classes

    def activation(self, operation: Named) -> Activation:
        """What the profile says of an operation."""
        claims = self.claims
        if operation.id in claims.not_activated:
            return "not-activated"
        claimed = self.claims_class(operation.conformance_class)
        listed = claims.activated == "all" or operation.id in claims.activated
        return "activated" if claimed and listed else "undeclared"
