"""`policyeval check`: lint policies."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import typer

from policyeval.cli.options import ColorOption, KindOption
from policyeval.config import Config, load_config
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import Style, clean, clean_lines
from policyeval.diagnostics.summary import plural, sentence, statistics
from policyeval.discovery import STDIN
from policyeval.errors import ConfigError, PolicyevalError
from policyeval.linter.run import Plan, Report, run
from policyeval.linter.selection import Selection, check_rule_names
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import RuleOptions

Format = Literal["full", "concise", "json", "sarif", "github", "gitlab", "junit", "access-analyzer"]
SeverityName = Literal["error", "security-warning", "warning", "suggestion", "never"]
FINDINGS, COULD_NOT = 1, 2
DEFAULT_BASELINE = "policyeval-baseline.json"


def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATHS]...",
            help="Files, directories, globs, or `-` for standard input; the working directory when left out.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULE,…", help="Ask only these rules; `pass-role-*` is a pattern."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="RULE,…", help="Leave these rules out.")
    ] = None,
    pedantic: Annotated[bool | None, typer.Option("--pedantic", help="Ask the pedantic rules as well.")] = None,
    kind: KindOption = None,
    fail_on: Annotated[
        SeverityName | None,
        typer.Option("--fail-on", help="The least severity that makes the exit status 1; `warning` when left out."),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to show the findings.")] = "full",
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Write the report to a file, whole or not at all.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Make the safe fixes.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With `--fix` or `--diff`: also fixes that change what is allowed.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what fixing would change, and change nothing.")] = False,
    account_id: Annotated[
        str | None, typer.Option("--account-id", metavar="ID", help="The account that placeholders stand for.")
    ] = None,
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="NAME", help="What to call standard input.")
    ] = None,
    skip_non_policies: Annotated[
        bool, typer.Option("--skip-non-policies", help="Pass over named files that hold no policy, as hooks do.")
    ] = False,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="GLOB", help="Leave files alone, as `.gitignore` would.")
    ] = None,
    gitignore: Annotated[bool, typer.Option("--gitignore/--no-gitignore", help="Leave alone what git ignores.")] = True,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="The configuration; the nearest one when left out.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Findings that were there before and do not count.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write all that is found to the baseline.")
    ] = False,
    prune_baseline: Annotated[
        bool, typer.Option("--prune-baseline", help="Take out of the baseline what is no longer found.")
    ] = False,
    show_statistics: Annotated[bool, typer.Option("--statistics", help="Count findings by rule.")] = False,
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="Show the findings that do not count as well.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="Processes at most; all cores when left out.")
    ] = None,
    color: ColorOption = "auto",
) -> None:
    """Say what is wrong with policies, where, and what to do about it.

    Exit status: 0 nothing found, 1 findings at or above `--fail-on`, 2 could not do the job.
    """
    if unsafe_fixes and not (fix or diff):
        raise typer.BadParameter(
            "`--unsafe-fixes` says which fixes `--fix` and `--diff` make: give one of these",
            param_hint="--unsafe-fixes",
        )
    if stdin_filename is not None and STDIN not in (paths or ()):
        raise typer.BadParameter(
            "`--stdin-filename` names standard input, and no `-` asks for that", param_hint="--stdin-filename"
        )
    if write_baseline and (fix or diff or prune_baseline):
        hint = "--fix" if fix else "--diff" if diff else "--prune-baseline"
        raise typer.BadParameter(
            f"`--write-baseline` writes all that is found and does nothing else, so leave `{hint}` out", param_hint=hint
        )
    settings = load_config(config)
    check_rule_names(settings)
    plan = Plan(
        paths=tuple(paths or ["."]),
        selection=Selection(
            _listed(select) or settings.select,
            (*settings.ignore, *_listed(ignore)),
            settings.pedantic if pedantic is None else pedantic,
        ),
        config=settings,
        kind=PolicyKind(kind) if kind is not None else None,
        options=RuleOptions(_account_id(account_id, settings), settings.partition),
        stdin_filename=stdin_filename,
        skip_non_policies=skip_non_policies,
        exclude=tuple(exclude or ()),
        respect_gitignore=gitignore,
        baseline=baseline or settings.baseline,
        jobs=jobs,
    )
    threshold = fail_on or settings.fail_on
    if write_baseline:
        raise typer.Exit(_write_baseline(plan, settings, Style.of(sys.stderr, color)))
    if plan.baseline is not None and baseline is None and not os.path.exists(plan.baseline):
        plan = replace(plan, baseline=None)  # configured, and not yet written
    report, fixed, troubles = _checked(plan, output, fix=fix, unsafe=unsafe_fixes, diff=diff)
    if prune_baseline:
        _prune_baseline(plan, report)
        report = replace(report, unneeded=Counter())
    if not diff:
        shown = [*report.findings, *report.suppressed] if show_suppressed else list(report.findings)
        style = Style.of(sys.stdout, color) if output is None else Style()
        counted = show_statistics and format in ("full", "concise")
        lines = _counted(report, fixed, style) if counted else _rendered(report, shown, fixed, format, style, threshold)
        _put("\n".join(lines), output)
    sys.stdout.flush()
    _tell(report, troubles, Style.of(sys.stderr, color))
    if fix or diff:
        _tell_withheld(report, Style.of(sys.stderr, color), unsafe=unsafe_fixes)
    if diff or output is not None:
        print(sentence(report.summary(fixed)), file=sys.stderr)
    raise typer.Exit(_status(report, troubles, threshold))


def _listed(words: list[str] | None) -> tuple[str, ...]:
    """Names given one by one or with commas between them."""
    return tuple(name for word in words or () for name in word.replace(",", " ").split())


def _account_id(given: str | None, settings: Config) -> str | None:
    from policyeval.syntax.arn import is_account_id

    if given is not None and not is_account_id(given):
        raise ConfigError(f"`{given}` is no account id", help="an account id is twelve digits")
    return given or settings.account_id


def _checked(
    plan: Plan, output: str | None, *, fix: bool, unsafe: bool, diff: bool
) -> tuple[Report, int, list[PolicyevalError]]:
    """The report, how many findings were mended, and what could not be written."""
    if fix and not diff and STDIN in plan.paths:
        raise ConfigError(
            "standard input cannot be mended in its place",
            help="use `--diff` instead, or name the file",
        )
    report = run(plan)
    if output is not None:
        _refuse_input(output, report, plan)
    if not fix and not diff:
        return report, 0, []
    from policyeval.linter.mending import mend, unified_diff, write_mended

    mended = list(mend(report, plan, unsafe=unsafe))
    if diff:
        for each in mended:
            text = unified_diff(each)
            # For a program, such as `git apply`, it has to be the text itself.
            sys.stdout.write(clean_lines(text) if sys.stdout.isatty() else text)
        return report, 0, []
    troubles = list(write_mended(mended, plan))
    unwritten = {trouble.name for trouble in troubles}
    fixed = sum(len(each.findings) for each in mended if each.path not in unwritten)
    return (run(plan) if fixed else report), fixed, troubles


def _refuse_input(output: str, report: Report, plan: Plan) -> None:
    """Raise for a report that would be written over what it is about."""
    configuration = plan.config.source
    inputs = [target.path for target in report.files if target.path != STDIN]
    inputs += [name for name in (plan.baseline, plan.config.account, configuration and configuration.name) if name]
    if os.path.isfile(output) and os.path.realpath(output) in map(os.path.realpath, inputs):
        raise ConfigError(
            f"the report would replace `{output}`, which was read for it",
            help="name another file with `--output`, or leave this one out with `--exclude`",
        )


def _counted(report: Report, fixed: int, style: Style) -> Iterator[str]:
    yield from statistics(report.findings)
    if report.findings:
        yield ""
    yield style.paint(sentence(report.summary(fixed)), "bold")


def _rendered(
    report: Report, findings: Sequence[Finding], fixed: int, format: Format, style: Style, threshold: str
) -> Iterator[str]:
    summary = report.summary(fixed)
    if format == "full":
        from policyeval.diagnostics.render.full import render_finding

        for finding in findings:
            yield from (*render_finding(finding, style, link=_manual(finding) if style.hyperlinks else None), "")
        yield style.paint(sentence(summary), "bold")
    elif format == "concise":
        from policyeval.diagnostics.render.concise import concise_line

        yield from (concise_line(finding, style) for finding in findings)
        yield style.paint(sentence(summary), "bold")
    elif format == "json":
        from policyeval.report.check import check_json

        yield check_json([*report.findings, *report.suppressed], summary, report.failures)
    elif format == "sarif":
        from importlib.metadata import version

        from policyeval.diagnostics.render.sarif import sarif_json
        from policyeval.rules.manual import describe

        yield sarif_json([*report.findings, *report.suppressed], version("policyeval"), describe)
    elif format == "github":
        from policyeval.diagnostics.render.github import github_lines

        yield from github_lines(findings)
    elif format == "gitlab":
        from policyeval.diagnostics.render.gitlab import gitlab_json

        yield gitlab_json(findings)
    elif format == "junit":
        from policyeval.diagnostics.render.junit import junit_xml

        yield junit_xml(findings, summary.checked, lambda finding: _fails(finding, threshold))
    else:
        from policyeval.diagnostics.render.access_analyzer import access_analyzer_json
        from policyeval.rules.manual import describe

        yield access_analyzer_json(findings, summary.checked, describe)


def _manual(finding: Finding) -> str:
    """The page of a finding's rule."""
    from policyeval.rules.manual import describe

    return describe(finding.rule).link


def _put(text: str, output: str | None) -> None:
    if output is None:
        print(text)
        return
    from policyeval.reading import write_whole

    write_whole(output, text + "\n")


def _tell(report: Report, troubles: Sequence[PolicyevalError], style: Style) -> None:
    """What went wrong and what else a person should know, on standard error."""
    from policyeval.diagnostics.failure import draw_failure

    for error in (*report.failures, *troubles):
        print("\n".join([*draw_failure(error, style), ""]), file=sys.stderr)
    for remark in report.remarks:
        print(f"{style.paint('note', 'note')}: {clean(remark)}", file=sys.stderr)
    unneeded = report.unneeded.total()
    if unneeded:
        words = f"{plural(unneeded, 'entry', 'entries')} of the baseline {'is' if unneeded == 1 else 'are'} not needed"
        print(f"{style.paint('note', 'note')}: {words}; `--prune-baseline` removes them", file=sys.stderr)


def _tell_withheld(report: Report, style: Style, *, unsafe: bool) -> None:
    """Which fixes were asked for and cannot be made."""
    withheld = Counter(
        finding.path
        for finding in report.findings
        if finding.withheld is not None and (finding.withheld.safe or unsafe)
    )
    for path, count in sorted(withheld.items()):
        words = (
            f"{plural(count, 'fix', 'fixes')} in {path} cannot be made: a policy in YAML or in a string is not edited"
        )
        print(f"{style.paint('note', 'note')}: {clean(words)}", file=sys.stderr)


def _write_baseline(plan: Plan, settings: Config, style: Style) -> int:
    from policyeval.baseline import key_of, write_baseline
    from policyeval.suppression import NEVER_ALLOWED

    path = plan.baseline or DEFAULT_BASELINE
    report = run(replace(plan, baseline=None))
    _tell(report, (), style)
    if report.failures:
        return COULD_NOT
    findings = [finding for finding in report.findings if finding.rule not in NEVER_ALLOWED]
    write_baseline(path, Counter(key_of(finding, path) for finding in findings))
    print(f"{plural(len(findings), 'finding')} written to {clean(path)}")
    if settings.baseline is None or os.path.realpath(settings.baseline) != os.path.realpath(path):
        line = f'baseline = "{os.path.relpath(path, settings.directory)}"'.replace(os.sep, "/")
        words = f"it counts once the configuration says `{line}`, or with `--baseline {path}`"
        print(f"{style.paint('note', 'note')}: {clean(words)}", file=sys.stderr)
    return 0


def _prune_baseline(plan: Plan, report: Report) -> None:
    """Take out what is not needed any more, for the files and rules that were checked."""
    from policyeval.baseline import read_baseline, write_baseline

    if plan.baseline is None:
        raise ConfigError("no baseline to prune", help="name it with `--baseline FILE`")
    counts = read_baseline(plan.baseline)
    counts.subtract(report.unneeded)
    write_baseline(plan.baseline, counts)


def _status(report: Report, troubles: Sequence[PolicyevalError], threshold: str) -> int:
    if report.failures or troubles:
        return COULD_NOT
    return FINDINGS if any(_fails(finding, threshold) for finding in report.findings) else 0


def _fails(finding: Finding, threshold: str) -> bool:
    return threshold != "never" and finding.suppressed is None and finding.severity >= Severity(threshold)
