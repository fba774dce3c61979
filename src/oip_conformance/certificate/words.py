"""What a certificate says in words."""

from __future__ import annotations

LIMITS = (
    "It says what the target answered during the run, and nothing about what it answers at any other time.",
    "The run chose finitely many requests; a rule that held for all of them may be broken by another.",
    "Whoever ran the suite recorded the evidence. The signature binds the one who signed to it; it does not prove "
    "that the answers came from the named target. Evidence that was made up as a whole and agrees with itself is not "
    "told from evidence that was recorded.",
    "Earlier runs are counted as far as they lay beside this one; others may have been tried and put away.",
    "Results and evidence are judged again when it is verified. The reports beside them are bound as they were written, "
    "and not made again; other files in the directory are no part of it.",
    "Nothing inside the target was seen: no database, no message that was sent to a person, no load over time.",
    "Requirements that the documentation does not state but that follow from it are marked as inferred.",
)
"""The limits of every certificate, in words. They are part of what is signed."""

NOT_PROVEN = (
    "that the evidence was not made up by whoever signed, as a whole and in agreement with itself: a signature says who "
    "answers for it",
    "that no other run was tried and put away before this one",
    "that the target behaves so now, or did so outside the run",
    "that requests which were not sent are answered as the contract says",
)
"""What verification cannot prove, whatever it finds."""
