"""A whole check: find the files, check them on as many cores as pay, set aside what is allowed, put it all in order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from policyeval.baseline import REASON as BASELINE_REASON
from policyeval.baseline import Key, apply_baseline, file_of, is_gone, read_baseline
from policyeval.config import Allowance, Config
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.summary import Summary, count_fixes
from policyeval.discovery import STDIN, Target, discover
from policyeval.errors import PolicyevalError
from policyeval.gitignore import IgnoreFile
from policyeval.linter.documents import Usage
from policyeval.linter.files import Asked, CheckedFile, check_as, check_file, check_source
from policyeval.linter.kinds import configured_kind
from policyeval.linter.ordering import in_order
from policyeval.linter.reporting import finding_at
from policyeval.linter.selection import Selection, rule_names
from policyeval.policy.kind import PolicyKind
from policyeval.reading import name_of
from policyeval.rules.contract import RuleOptions
from policyeval.rules.table import BY_NAME
from policyeval.source import Source
from policyeval.suppression import expired, file_fits, relative_file, suppress

if TYPE_CHECKING:
    from datetime import date

PARALLEL_FILES = 200
PARALLEL_BYTES = 1_500_000
"""From so much on, starting other processes (about 0.2 s) pays. Measured over the AWS managed policies."""


@dataclass(frozen=True)
class Plan:
    """What to check, and how. `baseline` is the path of the baseline to apply."""

    paths: tuple[str, ...] = (".",)
    selection: Selection = field(default_factory=Selection)
    config: Config = field(default_factory=Config)
    kind: PolicyKind | None = None
    options: RuleOptions = field(default_factory=RuleOptions)
    stdin_filename: str | None = None
    skip_non_policies: bool = False
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    baseline: str | None = None
    jobs: int | None = None
    """How many processes at most; as many as there are cores when left out."""


@dataclass(frozen=True)
class Report:
    """What a check came to. `findings` count, `suppressed` do not; both are in order.

    `failures` kept a file, or a policy in it, from being checked; `skipped` are files that hold nothing of ours, with
    the reason; `ignored`, `unentered` and `irregular` count what was left alone, as `Discovery` says; `unneeded` is
    what of the baseline no finding needs any more, as far as files and rules were checked; `remarks` are sentences for
    a person.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    failures: tuple[PolicyevalError, ...] = ()
    policies: int = 0
    accounts: int = 0
    case_files: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    ignored: int = 0
    unentered: int = 0
    irregular: int = 0
    unneeded: Counter[Key] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()
    files: tuple[CheckedTarget, ...] = ()

    def summary(self, fixed: int = 0) -> Summary:
        """The report in numbers; `fixed` findings were mended and are no longer in it."""
        safe, unsafe = count_fixes(self.findings)
        in_baseline = sum(finding.suppressed == BASELINE_REASON for finding in self.suppressed)
        return Summary(
            by_severity=Counter(finding.severity for finding in self.findings),
            by_rule=Counter(finding.rule for finding in self.findings),
            allowed=len(self.suppressed) - in_baseline,
            in_baseline=in_baseline,
            safe_fixes=safe,
            unsafe_fixes=unsafe,
            fixed=fixed,
            policies=self.policies,
            accounts=self.accounts,
            case_files=self.case_files,
            skipped=len(self.skipped),
            ignored=self.ignored,
            unentered=self.unentered,
            irregular=self.irregular,
            unneeded=self.unneeded.total(),
            failures=len(self.failures),
            checked=tuple(target.shown_name for target in self.files),
        )


@dataclass(frozen=True)
class CheckedTarget:
    """A file that was checked: how it was asked, and for a policy of an account, as what it is used."""

    path: str
    asked: Asked
    usages: tuple[Usage, ...] = ()
    name: str | None = None

    def check(self) -> CheckedFile:
        """Check the file; raises `ReadError`."""
        return check_as(lambda asked: check_file(self.path, asked, self.shown_name), self.usages, self.asked)

    def check_text(self, source: Source) -> CheckedFile:
        """Check a text as if it were the file's."""
        return check_as(lambda asked: check_source(source, asked), self.usages, self.asked)

    @property
    def shown_name(self) -> str:
        return self.name or name_of(self.path)


def run(plan: Plan) -> Report:
    """Check everything that a plan says. Raises `ConfigError` and `ReadError` for a baseline that cannot be used;
    what is wrong with a file or a path is in the report."""
    exclude = (_excluded(plan.config.exclude, plan.config.directory), _excluded(plan.exclude, "."))
    found = discover(plan.paths, exclude, respect_gitignore=plan.respect_gitignore)
    targets = [_target(target, plan) for target in found.targets]
    pairs = zip(targets, _check_all(targets, plan.jobs), strict=True)
    outcomes = {_key(target.path): (target, outcome) for target, outcome in pairs}
    for target in _referenced(outcomes.values(), plan):
        outcomes[_key(target.path)] = (target, _check_one(target))
    checked = [outcome for _, outcome in outcomes.values() if isinstance(outcome, CheckedFile)]
    report = Report(
        failures=(
            *found.failures,
            *(outcome for _, outcome in outcomes.values() if isinstance(outcome, PolicyevalError)),
            *(error for each in checked for error in each.failures),
        ),
        policies=sum(each.policies for each in checked),
        accounts=sum(each.nature == "account" for each in checked),
        case_files=sum(each.nature == "cases" for each in checked),
        skipped=tuple(sorted((each.name, each.skipped) for each in checked if each.skipped is not None)),
        ignored=found.ignored,
        unentered=found.unentered,
        irregular=found.irregular,
        remarks=tuple(remark for each in checked for remark in each.remarks),
        files=tuple(
            target
            for target, outcome in outcomes.values()
            if isinstance(outcome, CheckedFile) and outcome.skipped is None
        ),
    )
    return _judged(report, [finding for each in checked for finding in each.findings], plan)


def _excluded(globs: Sequence[str], directory: str) -> IgnoreFile:
    return IgnoreFile.parse("\n".join(globs), os.path.abspath(directory))


def _key(path: str) -> str:
    return path if path == STDIN else os.path.realpath(path)


def _target(target: Target, plan: Plan) -> CheckedTarget:
    name = plan.stdin_filename if target.path == STDIN else None
    kind = plan.kind or configured_kind(plan.config, name or target.path)
    named = target.named and not plan.skip_non_policies
    return CheckedTarget(target.path, Asked(plan.selection, plan.options, kind, named), name=name)


def _referenced(
    outcomes: Iterable[tuple[CheckedTarget, CheckedFile | PolicyevalError]], plan: Plan
) -> Iterator[CheckedTarget]:
    """The policy files that accounts use; how an account uses a policy is what the policy is."""
    usages: dict[str, list[Usage]] = {}
    first: dict[str, tuple[str, RuleOptions]] = {}
    named: dict[str, str] = {}
    for target, outcome in outcomes:
        named[_key(target.path)] = target.path
        if isinstance(outcome, CheckedFile):
            for path, uses in outcome.references.items():
                usages.setdefault(_key(path), []).extend(uses)
                first.setdefault(_key(path), (path, outcome.options))
    for key, uses in usages.items():
        path, options = first[key]
        yield CheckedTarget(named.get(key, path), Asked(plan.selection, options), tuple(uses))


# ---- one file after the other, or many at a time


def _check_one(target: CheckedTarget) -> CheckedFile | PolicyevalError:
    try:
        checked = target.check()
    except PolicyevalError as error:
        return error
    for finding in checked.findings:
        finding.span  # noqa: B018  # found here, where the text is at hand, and on this core
    return checked


def _check_all(targets: Sequence[CheckedTarget], jobs: int | None) -> list[CheckedFile | PolicyevalError]:
    workers = min(jobs or os.cpu_count() or 1, len(targets) // 20)
    if workers < 2 or not (len(targets) >= PARALLEL_FILES or _size(targets) >= PARALLEL_BYTES):
        return [_check_one(target) for target in targets]
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_check_one, targets, chunksize=max(1, len(targets) // (workers * 8))))


def _size(targets: Sequence[CheckedTarget]) -> int:
    total = 0
    for target in targets:
        try:
            total += os.stat(target.path).st_size
        except (OSError, ValueError):
            continue
    return total


# ---- what counts


def judge(findings: Sequence[Finding], config: Config) -> tuple[list[Finding], frozenset[int]]:
    """The findings with those suppressed that the configuration allows, and the allowances that were needed."""
    if not config.allow:
        return list(findings), frozenset()
    named = [(finding, relative_file(config, finding.path)) for finding in findings]
    return suppress(named, config.allow, _today(config.allow))


def _judged(report: Report, findings: list[Finding], plan: Plan) -> Report:
    judged, used = judge(in_order(findings), plan.config)
    unneeded: Counter[Key] = Counter()
    if plan.baseline is not None:
        judged, left = apply_baseline(judged, read_baseline(plan.baseline), plan.baseline)
        unneeded = _known_unneeded(left, report, plan, plan.baseline)
    more = list(_about_allowances(report, plan, used))
    if more:
        judged = in_order([*judged, *more])
    return replace(
        report,
        findings=tuple(finding for finding in judged if finding.suppressed is None),
        suppressed=tuple(finding for finding in judged if finding.suppressed is not None),
        unneeded=unneeded,
    )


def _known_unneeded(left: Counter[Key], report: Report, plan: Plan, baseline: str) -> Counter[Key]:
    """What of a baseline is left over because it is not needed, not because it was not looked for."""
    partly = {failure.source.path for failure in report.failures if failure.source is not None}
    checked = {file_of(target.shown_name, baseline) for target in report.files if target.shown_name not in partly}
    return Counter(
        {
            (file, rule, anchor): count
            for (file, rule, anchor), count in left.items()
            if (file in checked or is_gone(file, baseline)) and (rule in plan.selection.shown or rule not in BY_NAME)
        }
    )


def _today(allowances: Sequence[Allowance]) -> date | None:
    """The day, when an allowance asks for it."""
    if all(allowance.until is None for allowance in allowances):
        return None
    import datetime

    return datetime.date.today()


def _about_allowances(report: Report, plan: Plan, used: frozenset[int]) -> Iterator[Finding]:
    source = plan.config.source
    if source is None:
        return
    late = list(expired(plan.config.allow, _today(plan.config.allow)))
    for index, allowance in enumerate(plan.config.allow):
        where = Where("", span=allowance.span)
        if allowance in late:
            if plan.selection.shows("expired-allowance") and _concerns(allowance, report, plan):
                yield finding_at(
                    "expired-allowance",
                    f"this allowance ended on {allowance.until}",
                    source,
                    where,
                    notes=(f"the reason was: {allowance.reason}",),
                    help="mend what it allowed, or give it a new reason and a new day",
                )
        elif index not in used and plan.selection.shows("unused-allowance") and _was_covered(allowance, report, plan):
            yield finding_at(
                "unused-allowance",
                "nothing is found that this allowance fits",
                source,
                where,
                notes=(f"the reason was: {allowance.reason}",),
                help="remove it",
            )


def _concerns(allowance: Allowance, report: Report, plan: Plan) -> bool:
    """Whether something was checked, files and rules, that an allowance speaks of."""
    names = rule_names(allowance.rules)
    if names and names.isdisjoint(plan.selection.shown):
        return False
    files = [relative_file(plan.config, target.path) for target in report.files]
    return (
        not allowance.files
        or any(file_fits(pattern, file) for pattern in allowance.files for file in files)
        or _was_covered(allowance, report, plan)
    )


def _was_covered(allowance: Allowance, report: Report, plan: Plan) -> bool:
    """Whether everything was checked that an allowance speaks of: only then is it known to be of no use."""
    names = rule_names(allowance.rules)
    if not names or not names <= plan.selection.shown or report.failures:
        return False  # without a rule of the linter it is for `policyeval diff`: `new-access`
    top = os.path.abspath(plan.config.directory)
    if any(os.path.isdir(path) and _holds(os.path.abspath(path), top) for path in plan.paths):
        return True
    checked = {relative_file(plan.config, target.path) for target in report.files}
    literal = all(not set(pattern) & set("*?[!") for pattern in allowance.files)
    return bool(allowance.files) and literal and checked.issuperset(allowance.files)


def _holds(directory: str, path: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
