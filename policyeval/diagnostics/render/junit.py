"""JUnit's XML, as CI systems read it: a `testsuite` for each file, a `testcase` for each finding in it.

A finding that makes the run fail is a failed case; any other is a passed one that says what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.render.full import render_finding
from policyeval.diagnostics.style import Style, clean

_PLAIN = Style()
Fails = Callable[[Finding], bool]


def junit_xml(findings: Sequence[Finding], checked: Sequence[str], fails: Fails) -> str:
    """The document; `checked` are all files that were looked at, and `fails` says which findings make the run fail.

    No character reaches it that XML 1.0 cannot hold.
    """
    by_file: dict[str, list[Finding]] = {name: [] for name in sorted(checked)}
    for finding in findings:
        by_file.setdefault(finding.path, []).append(finding)
    tests = sum(max(len(found), 1) for found in by_file.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="policyeval" tests="{tests}" failures="{sum(map(fails, findings))}" errors="0">',
    ]
    for name, found in by_file.items():
        lines.extend(_suite(name, found, fails))
    return "\n".join([*lines, "</testsuites>"])


def _suite(name: str, findings: Sequence[Finding], fails: Fails) -> Iterator[str]:
    count, failures = max(len(findings), 1), sum(map(fails, findings))
    yield f'  <testsuite name={attribute(name)} tests="{count}" failures="{failures}" errors="0">'
    if not findings:
        yield f'    <testcase classname={attribute(name)} name="policyeval check"/>'
    for finding in findings:
        at, _ = finding.in_file
        where = f'classname={attribute(name)} file={attribute(name)} line="{at.line}"'
        yield f"    <testcase {where} name={attribute(f'{finding.rule} at {at.line}:{at.column}')}>"
        text = content(render_finding(finding, _PLAIN))
        if fails(finding):
            kind = attribute(finding.severity.value)
            yield f"      <failure type={kind} message={attribute(finding.message)}>{text}</failure>"
        else:
            yield f"      <system-out>{text}</system-out>"
        yield "    </testcase>"
    yield "  </testsuite>"


def attribute(text: str) -> str:
    """A value in quotes, without a character that XML 1.0 cannot hold."""
    return quoteattr(clean(text))


def content(lines: Iterable[str]) -> str:
    """The text of an element. What was drawn is clean already; cleaned again it does not depend on who drew it."""
    return escape("\n".join(map(clean, lines)))
