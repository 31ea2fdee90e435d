"""Running whole files of cases, and counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from policyeval.cases.reader import Accounts, read_cases
from policyeval.cases.result import CaseResult, run_case
from policyeval.errors import CaseError, PolicyevalError


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of which no case could be read, and why."""

    path: str
    error: PolicyevalError


@dataclass
class TestRun:
    """What came of a number of files. Every case, and every file that could not be read, counts once."""

    __test__ = False  # pytest takes classes of this name for tests

    results: list[CaseResult] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    deselected: int = 0

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        return sum(not result.passed and result.error is None for result in self.results)

    @property
    def errors(self) -> int:
        return sum(result.error is not None for result in self.results) + len(self.unreadable)

    @property
    def total(self) -> int:
        return len(self.results) + len(self.unreadable)

    @property
    def exit_status(self) -> int:
        """0 all pass, 1 some fail, 2 something could not be run."""
        return 2 if self.errors else 1 if self.failed else 0


def run_files(
    paths: Iterable[str],
    accounts: Accounts,
    *,
    select: str | None = None,
    begun: Callable[[str], None] = lambda _path: None,
    told: Callable[[CaseResult], None] = lambda _result: None,
) -> TestRun:
    """Run files of cases: `begun` hears of each file that could be read, `told` of each result.

    `select` keeps the cases whose name holds it, without regard to case; raises `CaseError` when it keeps none at all.
    """
    run = TestRun()
    names: list[str] = []
    for path in paths:
        try:
            file = read_cases(path, accounts)
        except PolicyevalError as error:
            run.unreadable.append(Unreadable(path, error))
            continue
        names.extend(case.name for case in file.cases)
        kept = [case for case in file.cases if select is None or select.lower() in case.name.lower()]
        run.deselected += len(file.cases) - len(kept)
        if kept:
            begun(file.source.name)
        for result in map(run_case, kept):
            run.results.append(result)
            told(result)
    if select is not None and names and not run.results and not run.unreadable:
        raise CaseError(f"no case has `{select}` in its name", help=f"there are {len(names)} cases")
    return run
