"""The linter: find the files, ask the rules, show one finding for a cause, set aside what is allowed.

kinds        which kind of policy a document is
selection    which rules are asked
documents    one policy document, by every rule
silence      one cause, one finding
references   the policies that an account uses
accounts     an account file or an export
files        one file, as what it is
run          all files of a command line, allowances and baseline
ordering     the order in which findings are shown
reporting    findings that no rule looks for
mending      fixes made in files
"""

from __future__ import annotations

from policyeval.diagnostics.finding import Finding


def check(path: str, *, pedantic: bool = False) -> list[Finding]:
    """The findings in a file, or in the files below a directory, in order; no configuration is looked at.

    Raises `ReadError` for what cannot be read, and `LimitError` for a policy that is beyond a limit. What is wrong with
    a file otherwise is among the findings.
    """
    from policyeval.linter.run import Plan, run
    from policyeval.linter.selection import Selection

    report = run(Plan(paths=(path,), selection=Selection(pedantic=pedantic)))
    if report.failures:
        raise report.failures[0]
    return list(report.findings)
