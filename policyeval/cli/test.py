"""`policyeval test`: run decision cases."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from policyeval.account.account import Account
from policyeval.cases.discovery import find_case_files
from policyeval.cases.files import TestRun, run_files
from policyeval.cases.reader import Accounts
from policyeval.cases.result import CaseResult
from policyeval.cli.options import AccountOption, ColorOption, ExactOption, find_account_file, stdout_style
from policyeval.diagnostics.style import Style, clean, text_width

Format = Literal["full", "concise", "json", "junit", "github"]


def test(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILES]",
            help="Case files, or folders to look for them in. If left out: every `*.policytest.yaml`, "
            "`.yml` and `.json` below the working directory, and `cases.yaml` beside the account file.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        str | None, typer.Option("-k", metavar="TEXT", help="Only cases with this in their name, in any case.")
    ] = None,
    account: AccountOption = None,
    format: Annotated[Format, typer.Option("--format", help="How to show the results.")] = "full",
    exact: ExactOption = False,
    color: ColorOption = "auto",
) -> None:
    """Run the decision cases that a team keeps for its policies.

    Exit status: 0 all pass, 1 some fail, 2 some could not be run.
    """
    account_file = find_account_file(account) if account is not None or not files else None
    default = Account.load(account, exact=exact) if account is not None else None
    paths = find_case_files(files or [], account_file)
    style = stdout_style(color)
    teller = _Teller(format, style)
    run = run_files(
        paths, Accounts(default, exact=exact), select=select, begun=teller.begin_file, told=teller.tell_case
    )
    teller.finish(run, Style.of(sys.stderr, color))
    raise typer.Exit(run.exit_status)


class _Teller:
    """Says on standard output how the run goes, and on standard error what could not be run."""

    def __init__(self, format: Format, style: Style) -> None:
        self.format = format
        self.style = style
        self.column = 0

    def begin_file(self, name: str) -> None:
        if self.format == "full":
            self.end_line()
            shown = clean(name)
            print(shown, end=" ", flush=True)
            self.column = text_width(shown) + 1

    def tell_case(self, result: CaseResult) -> None:
        if self.format == "full":
            self.dot(result)
        elif self.format == "concise":
            print(_line(result, self.style))

    def dot(self, result: CaseResult) -> None:
        if self.column >= self.style.width:
            self.end_line()
        mark = "." if result.passed else "E" if result.error is not None else "F"
        print(self.style.paint(mark, "good" if result.passed else "error"), end="", flush=True)
        self.column += 1

    def end_line(self) -> None:
        if self.column:
            print()
        self.column = 0

    def finish(self, run: TestRun, trouble: Style) -> None:
        if self.format == "json":
            from policyeval.cases.envelope import run_json

            print(run_json(run))
        elif self.format == "junit":
            from policyeval.cases.junit import junit_xml

            print(junit_xml(run))
        elif self.format == "github":
            from policyeval.cases.annotations import annotate

            for line in annotate(run):
                print(line)
        else:
            self.end_line()
            if self.format == "full":
                self.draw_failures(run)
        sys.stdout.flush()
        _draw_errors(run, trouble)
        if self.format in ("full", "concise", "github"):
            print(_counts(run, self.style))

    def draw_failures(self, run: TestRun) -> None:
        from policyeval.cases.drawing import draw_case

        for result in run.results:
            if not result.passed and result.error is None:
                print("\n".join(["", *draw_case(result, self.style)]))
        print()


def _draw_errors(run: TestRun, style: Style) -> None:
    from policyeval.cases.drawing import draw_case
    from policyeval.diagnostics.failure import draw_failure

    for result in run.results:
        if result.error is not None:
            print("\n".join([*draw_case(result, style), ""]), file=sys.stderr)
    for unreadable in run.unreadable:
        print("\n".join([*draw_failure(unreadable.error, style), ""]), file=sys.stderr)


def _line(result: CaseResult, style: Style) -> str:
    case = result.case
    word = "passed" if result.passed else "error" if result.error is not None else "failed"
    why = result.error.message if result.error is not None else "; ".join(result.faults)
    painted = style.paint(f"{word:<6}", "good" if result.passed else "error")
    where = f"{case.file.name}:{case.position.line}" if not result.passed else case.file.name
    return f"{painted}  {clean(where)}  {clean(case.name)}" + (f": {clean(why)}" if why else "")


def _counts(run: TestRun, style: Style) -> str:
    parts = [f"{run.passed} passed"]
    if run.failed:
        parts.append(f"{run.failed} failed")
    if run.errors:
        parts.append(f"{run.errors} error" + ("s" if run.errors > 1 else ""))
    if run.deselected:
        parts.append(f"{run.deselected} deselected")
    return style.paint(", ".join(parts), "error" if run.failed or run.errors else "good")
