"""What can be wrong with a configuration: stable codes, each with a title and the next step.

CFG-01..09  the file            CFG-30..39  reaching the target         CFG-60..79  data, fixtures, safety and limits
CFG-20..29  claims and bindings CFG-40..59  address, headers and keys   CFG-80..95  contract, and what the target lists
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CODES: dict[str, tuple[str, str]] = {
    "CFG-01": ("the profile cannot be read", "Check the path."),
    "CFG-02": ("the profile is not TOML", "Mend the syntax at the place named."),
    "CFG-03": ("an unknown setting", "Remove it, or correct its spelling."),
    "CFG-04": ("a value of the wrong kind", "Give it the kind that is expected."),
    "CFG-05": ("a required setting is missing", "Add it."),
    "CFG-06": ("a secret stands in the profile", "Remove it; keys come from the environment (OIP_API_KEY)."),
    "CFG-20": ("an unknown operation", "Name operations by the ids of the contract."),
    "CFG-21": ("an unknown conformance class", "`oip-conformance profile schema` lists the classes."),
    "CFG-22": ("an operation is both activated and not activated", "Keep it in one of the two lists."),
    "CFG-23": ("an activated operation is outside the claimed classes", "Add its class to claims.classes."),
    "CFG-24": ("nothing is claimed", "Name at least one class and one operation, or leave both out for all."),
    "CFG-25": (
        "a binding does not fit the contract",
        "Keep the parameters in braces; bind what stands in the way too.",
    ),
    "CFG-26": ("a recipient is named for an operation that reaches nobody", "Remove it from [safety.external]."),
    "CFG-30": ("the host of the target is not found", "Check its spelling, the VPN and the name server."),
    "CFG-31": ("the target refuses connections", "Check the port, and that the target runs."),
    "CFG-32": ("the target does not answer in time", "Try again, or raise target.timeout_seconds."),
    "CFG-33": ("no TLS connection can be made", "Check http or https, and the certificate; target.verify_tls = false."),
    "CFG-34": ("the target does not speak HTTP", "Check the port: another service answers there."),
    "CFG-35": ("the target answers, but not as the API", "Check the base URL; a portal, a proxy or a login answers."),
    "CFG-36": ("the target redirects every request", "Give the address that it redirects to."),
    "CFG-37": ("the base URL leads nowhere", "Give the base URL with its version, such as .../v4."),
    "CFG-38": ("the API key is refused", "Check the key, and that it belongs to this system (staging, production)."),
    "CFG-39": ("every operation answers 403", "Check the account's activations and its list of allowed addresses."),
    "CFG-40": ("the target URL cannot be used", "Give the base URL, such as https://api.staging.oculos.no/v4."),
    "CFG-41": ("there is no API key", "Set the environment variable that target.api_key_env names."),
    "CFG-42": ("a header of the profile belongs to the suite", "Remove it from [target.headers]."),
    "CFG-43": ("a header of the profile cannot be sent", "Use letters, digits and hyphens, and one line of text."),
    "CFG-44": ("the key would travel unencrypted", "Use https."),
    "CFG-45": ("the API key cannot be sent", "Copy it again, without quotes, line breaks or spaces around it."),
    "CFG-46": ("both keys are the same", "Give the key of another tenant, or none."),
    "CFG-47": ("the second API key is refused", "Check it, or unset it: isolation is then not tested."),
    "CFG-48": ("a system behind the target is busy", "Try again later; what it serves would be inconclusive."),
    "CFG-49": ("the clocks disagree", "Set this machine's clock; what changed since a time is asked by it."),
    "CFG-50": ("there is no second API key", "Set it to have the isolation of tenants tested."),
    "CFG-51": ("the target's answers are slow", "Raise target.timeout_seconds, or take a closer machine."),
    "CFG-52": ("an allowed address is no network", "Give addresses or networks, such as 192.0.2.0/24."),
    "CFG-60": ("the phone range cannot be used", "Give two E.164 numbers of one length, in order."),
    "CFG-61": ("an effect outside OIP has no recipient", "Name the recipients, or remove the operation."),
    "CFG-62": ("a limit is out of range", "Give a positive number."),
    "CFG-63": ("the phone range lies in another country", "Let customers.phone_country_code begin its numbers."),
    "CFG-64": ("the phone range is small", "Give one with some thousands of numbers; a run takes a fresh one each."),
    "CFG-65": ("a recipient is no phone number", "Give E.164 numbers such as +4799900001."),
    "CFG-66": ("the email domain cannot be used", "Give a domain that is yours, or a reserved one: example.com."),
    "CFG-67": ("the prefix of external ids cannot be used", "Use up to 20 letters, digits, hyphens and underscores."),
    "CFG-68": ("a limit ends the run early", "Raise it, or take a lower level; `certify --plan` counts what it needs."),
    "CFG-69": ("writes are off", "Only reads are tested; [safety] writes = true allows the rest."),
    "CFG-70": ("an unknown customer field is required", "Name fields of `data` as the contract spells them."),
    "CFG-71": ("an extended property has no usable schema", 'Give a JSON Schema, such as { type = "string" }.'),
    "CFG-72": ("an unknown role of a promotion", "Use the roles that `oip-conformance profile schema` lists."),
    "CFG-73": ("no kind of id is accepted", "Name at least one of id, mobilePhone and externalId, each once."),
    "CFG-74": ("a national id stands in the profile", "Name an environment variable in ssn_env instead."),
    "CFG-75": ("an environment variable is empty", "Set it, or remove the setting that names it."),
    "CFG-76": ("a sandbox setting is used on a real system", "Remove it; it is for targets on this machine."),
    "CFG-77": ("a claimed class has no fixtures", "Name what exists on the target, or do not claim the class."),
    "CFG-78": (
        "claimed operations may not be called",
        "Name each with its recipients in [safety.external], or not claim it.",
    ),
    "CFG-79": ("the country code cannot be used", "Write it with its plus and up to three digits, such as +46."),
    "CFG-80": ("a contract or overlay file is missing", "Check the path; it is relative to the profile."),
    "CFG-81": ("the contract cannot be used", "Mend it; `oip-conformance contract validate` shows each place."),
    "CFG-82": ("an overlay cannot be used", "Mend its action; `oip-conformance contract diff` shows what it changes."),
    "CFG-83": (
        "the contract has nothing to read",
        "Give a contract with at least one GET that reads (x-oip-effect: read, or none).",
    ),
    "CFG-84": ("a store is not on the target", "Name stores that getStores lists."),
    "CFG-85": ("a campaign is not on the target", "Name campaigns that getBonusCampaigns lists."),
    "CFG-86": ("an activity is not on the target", "Name activities that the account's bonus rules have."),
    "CFG-87": ("a stamp card is not on the target", "Name cards that getLoyaltyCardProducts lists."),
    "CFG-88": ("a report is not on the target", "Name kinds of report that the account has."),
    "CFG-89": ("an inferred path answers 404", "Bind it in [operations.<id>] path, or do not claim the operation."),
    "CFG-90": ("a path does not know the method", "Bind it in [operations.<id>] method; Allow lists what it knows."),
}

ADVICE = frozenset(
    {"CFG-44", "CFG-48", "CFG-49", "CFG-50", "CFG-51", "CFG-63", "CFG-64", "CFG-66", "CFG-68", "CFG-69"}
    | {"CFG-75", "CFG-76", "CFG-77", "CFG-78", "CFG-89"}
)
"""Codes that are worth knowing and stop nothing; all others keep a run from starting."""


@dataclass(frozen=True)
class Problem:
    """One mistake: its code, where it stands, and what is wrong there. `is_advice` makes one that stops nothing."""

    code: str
    place: str
    message: str
    line: int | None = None
    hint: str = ""
    is_advice: bool = False

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return self.hint or CODES[self.code][1]

    @property
    def stops(self) -> bool:
        """Whether a run with this problem would prove nothing, so that it does not start."""
        return not self.is_advice and self.code not in ADVICE

    def __str__(self) -> str:
        where = f"{self.place} (line {self.line})" if self.line else self.place
        return f"{self.code} {where}: {self.message} {self.next_step}"


class ProfileError(Exception):
    """A profile that cannot be used, with every mistake that was found in it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"{name}: " + "; ".join(map(str, problems)))
        self.name = name
        self.problems = tuple(problems)
