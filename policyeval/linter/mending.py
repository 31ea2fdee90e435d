"""Files mended: the fixes of what counts, made in the files of a check, or shown as a difference."""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policyeval.baseline import apply_baseline, read_baseline
from policyeval.diagnostics.finding import Finding
from policyeval.discovery import STDIN, is_inside
from policyeval.errors import PolicyevalError
from policyeval.fixing import fix_all
from policyeval.linter.ordering import in_order
from policyeval.linter.run import CheckedTarget, Plan, Report, judge
from policyeval.reading import WriteError, has_byte_order_mark, read_bytes, source_from_bytes, write_whole
from policyeval.source import Source

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Mended:
    """A file, its text before and after, and the findings that are gone from it."""

    path: str
    before: Source
    after: str
    findings: tuple[Finding, ...]
    byte_order_mark: bool = False


def mend(report: Report, plan: Plan, *, unsafe: bool) -> Iterator[Mended]:
    """What fixing would make of the files of a report; nothing is written."""
    wanted = {
        finding.file: finding.source
        for finding in report.findings
        if finding.fix is not None and (finding.fix.safe or unsafe)
    }
    for target in report.files:
        if target.shown_name in wanted:
            mended = _mend_file(target, wanted[target.shown_name], plan, unsafe=unsafe)
            if mended is not None:
                yield mended


def _mend_file(target: CheckedTarget, checked: Source, plan: Plan, *, unsafe: bool) -> Mended | None:
    """A file mended; standard input, which cannot be read again, as it was checked."""
    data = read_bytes(target.path) if target.path != STDIN else checked.text.encode("utf-8", "surrogatepass")
    source = source_from_bytes(data, target.shown_name)
    baseline = read_baseline(plan.baseline) if plan.baseline is not None else None

    def check(text: Source) -> list[Finding]:
        judged, _ = judge(in_order(target.check_text(text).findings), plan.config)
        if baseline is not None and plan.baseline is not None:
            judged, _ = apply_baseline(judged, baseline, plan.baseline)
        return [finding for finding in judged if finding.suppressed is None]

    fixed = fix_all(source, check, unsafe=unsafe)
    if fixed.text == source.text:
        return None
    return Mended(target.path, source, fixed.text, fixed.mended, has_byte_order_mark(data))


def write_mended(mended: Sequence[Mended], plan: Plan) -> Iterator[PolicyevalError]:
    """Put mended texts in their files, each whole or not at all, and say what could not be written.

    A file that a symbolic link leads to outside of the given paths is left alone.
    """
    tops = [path for path in plan.paths if path != STDIN]
    for each in mended:
        if os.path.islink(each.path) and not is_inside(each.path, tops):
            yield WriteError(
                "a symbolic link to a file outside of the given paths is not written to",
                name=each.path,
                help="name the file that it leads to",
            )
            continue
        try:
            write_whole(each.path, (_MARK if each.byte_order_mark else "") + each.after)
        except WriteError as error:
            yield error


def unified_diff(mended: Mended) -> str:
    """The change to one file, as `patch` takes it."""
    name = mended.before.name
    lines = difflib.unified_diff(
        _lines(mended.before.text),
        _lines(mended.after),
        f"a/{name}",
        f"b/{name}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as `patch` counts them: LF alone ends one."""
    return list(io.StringIO(text, newline="\n"))
