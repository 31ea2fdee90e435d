"""Files that were compared, and what became of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from policyeval.proof.difference import Difference
from policyeval.proof.outcome import Access, Verdict

WORDS = {Verdict.PROVED: "NOTHING NEW", Verdict.REFUTED: "NEW ACCESS", Verdict.UNKNOWN: "UNKNOWN"}


@dataclass(frozen=True)
class Compared:
    """One file of a change: what it is called, what the other side is called, and what was found.

    `reasons` are those for which the configuration accepts new access in it, one for each part or nothing; `notes` say
    what the files are, where that is not plain.
    """

    new: str
    old: str
    difference: Difference
    reasons: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def gained(self) -> Iterable[tuple[Access, str | None]]:
        """Each part of the new access, with the reason for which it is accepted."""
        return itertools.zip_longest(self.difference.gained.accesses, self.reasons)

    @property
    def allowed(self) -> str | None:
        """The reasons for which all of the new access is accepted; nothing when some of it is not."""
        reasons = [reason for _, reason in self.gained]
        if None in reasons:
            return None
        return "; ".join(dict.fromkeys(reason for reason in reasons if reason is not None)) or None

    @property
    def verdict(self) -> Verdict:
        return self.difference.gained.verdict

    @property
    def is_accepted(self) -> bool:
        """Whether it grants new access to which the configuration agrees."""
        return self.verdict is Verdict.REFUTED and self.allowed is not None

    @property
    def is_success(self) -> bool:
        """Whether nothing new is granted, or it was allowed; what is unknown is no success."""
        return self.verdict is Verdict.PROVED or self.is_accepted

    @property
    def word(self) -> str:
        return "EQUIVALENT" if self.difference.is_equivalent else WORDS[self.verdict]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is not known, of what is gained and of what is lost."""
        gained = [f"whether anything is newly allowed: {doubt}" for doubt in self.difference.gained.doubts]
        lost = [f"whether anything is no longer allowed: {doubt}" for doubt in self.difference.lost.doubts]
        return tuple(dict.fromkeys((*gained, *lost)))


def headline(compared: Compared) -> str:
    """What became of one file, in a few words."""
    difference = compared.difference
    taken = "some access is taken away" if difference.lost.accesses else ""
    if difference.is_equivalent:
        return "allows exactly the same requests"
    if compared.verdict is Verdict.REFUTED:
        said = "grants new access"
        if compared.is_accepted:
            said += ", as the configuration allows"
        return f"{said}; {taken}" if taken else said
    if compared.verdict is Verdict.UNKNOWN:
        return "not known whether it grants new access" + (f"; {taken}" if taken else "")
    return f"grants nothing new; {taken}" if taken else "grants nothing new"


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on several questions at once: refuted if any is, then unknown if any is."""
    found = set(verdicts)
    return next((one for one in (Verdict.REFUTED, Verdict.UNKNOWN) if one in found), Verdict.PROVED)
