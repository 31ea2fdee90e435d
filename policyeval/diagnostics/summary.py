"""What a check came to as a whole, in numbers and in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.severity import Severity


@dataclass(frozen=True)
class Summary:
    """The numbers of a check. `safe_fixes` and `unsafe_fixes` count findings that count and have such a fix.

    `checked` are the files that were looked at, by name; `failures` counts those that could not be.
    """

    by_severity: Counter[Severity] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    allowed: int = 0
    in_baseline: int = 0
    safe_fixes: int = 0
    unsafe_fixes: int = 0
    fixed: int = 0
    policies: int = 0
    accounts: int = 0
    case_files: int = 0
    skipped: int = 0
    ignored: int = 0
    unentered: int = 0
    irregular: int = 0
    unneeded: int = 0
    failures: int = 0
    checked: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many findings count."""
        return sum(self.by_severity.values())


def count_fixes(findings: Iterable[Finding]) -> tuple[int, int]:
    """How many findings have a safe fix, and how many one that is not."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    return safe, len(fixes) - safe


def plural(count: int, noun: str, several: str | None = None) -> str:
    """`1 policy`, `2 policies`.

    >>> plural(1, "policy", "policies"), plural(3, "file")
    ('1 policy', '3 files')
    """
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


def sentence(summary: Summary) -> str:
    """The last line of a report: what was found where, what was set aside, what can be fixed."""
    looked_at = summary.policies + summary.accounts + summary.case_files
    line = f"{_found(summary)} in {_where(summary)}" if looked_at or not summary.failures else "nothing was checked"
    aside = [
        f"{summary.fixed:,} fixed" if summary.fixed else "",
        f"{summary.allowed:,} allowed by the configuration" if summary.allowed else "",
        f"{summary.in_baseline:,} in the baseline" if summary.in_baseline else "",
        f"{plural(summary.skipped, 'file')} without a policy skipped" if summary.skipped else "",
        f"{plural(summary.ignored, 'file')} ignored" if summary.ignored else "",
        f"{plural(summary.unentered, 'directory', 'directories')} not entered" if summary.unentered else "",
        f"{plural(summary.irregular, 'broken link or device', 'broken links and devices')} passed over"
        if summary.irregular
        else "",
        f"{plural(summary.failures, 'file')} not checked" if summary.failures else "",
    ]
    kept = ", ".join(filter(None, aside))
    return f"{line}{f' ({kept})' if kept else ''}{_fixes(summary)}"


def _found(summary: Summary) -> str:
    counts = [
        plural(summary.by_severity[severity], severity.singular, severity.plural)
        for severity in Severity
        if summary.by_severity[severity]
    ]
    return " and ".join(filter(None, (", ".join(counts[:-1]), counts[-1]))) if counts else "nothing found"


def _where(summary: Summary) -> str:
    parts = [plural(summary.policies, "policy", "policies")]
    if summary.accounts:
        parts.append(plural(summary.accounts, "account"))
    if summary.case_files:
        parts.append(plural(summary.case_files, "file of cases", "files of cases"))
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _fixes(summary: Summary) -> str:
    safe, unsafe = summary.safe_fixes, summary.unsafe_fixes
    if safe and unsafe:
        return f"; {plural(safe, 'fix', 'fixes')} with `--fix`, {unsafe:,} more with `--fix --unsafe-fixes`"
    if safe:
        return f"; {plural(safe, 'fix', 'fixes')} with `--fix`"
    if unsafe:
        return f"; {plural(unsafe, 'fix', 'fixes')} with `--fix --unsafe-fixes`"
    return ""


def statistics(findings: Sequence[Finding]) -> list[str]:
    """A line for each rule that found something: how often, how grave, which; most frequent first."""
    counts = Counter((finding.rule, finding.severity) for finding in findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0][1].rank, row[0][0]))
    width = max((len(f"{count:,}") for _, count in rows), default=0)
    wide = max((len(severity.value) for (_, severity), _ in rows), default=0)
    return [f"{count:>{width},}  {severity.value:<{wide}}  {rule}" for (rule, severity), count in rows]
