"""`policyeval.check/1`: findings as data. The JSON Schema is docs/schemas/check-1.json.

Lines and columns count from 1; offsets from 0, in characters. Pointers are JSON Pointers into the finding's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from policyeval.diagnostics import edits
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Label
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import clean_json
from policyeval.diagnostics.summary import Summary
from policyeval.errors import PolicyevalError
from policyeval.locating import in_file
from policyeval.report.model import Model, PositionModel, position_model
from policyeval.source import Source, Span

SCHEMA: Final = "policyeval.check/1"
SeverityName = Literal["error", "security-warning", "warning", "suggestion"]


class LabelModel(Model):
    file: str = Field(description="Of a document that stands in a string: the file, `#`, and the string's pointer.")
    path: str = Field(description="The file to open.")
    line: int = Field(ge=1, description="Where the place begins in the file to open.")
    pointer: str
    primary: bool
    text: str
    start: PositionModel
    end: PositionModel


class EditModel(Model):
    """Put `text` in the place of the characters from `start` up to `end`."""

    start: PositionModel
    end: PositionModel
    text: str


class FixModel(Model):
    message: str
    safe: bool = Field(description="Whether the set of allowed requests stays the same.")
    edits: list[EditModel]


class FindingModel(Model):
    rule: str
    severity: SeverityName
    message: str
    file: str
    labels: list[LabelModel] = Field(min_length=1, description="The primary one first.")
    notes: list[str]
    help: str | None
    fix: FixModel | None
    fingerprint: str = Field(description="Stays the same when other parts of the file change.")
    suppressed: str | None = Field(description="The reason for which the finding does not count.")
    attached: list[str] = Field(description="How an account uses the policy, such as `group Administrators`.")


class FailureModel(Model):
    """A file that could not be checked."""

    file: str | None
    message: str
    help: str | None


class SummaryModel(Model):
    findings: int = Field(description="Those that count; suppressed ones do not.")
    by_severity: dict[SeverityName, int]
    by_rule: dict[str, int]
    allowed: int = Field(description="Suppressed by the configuration.")
    in_baseline: int
    safe_fixes: int
    unsafe_fixes: int
    fixed: int
    policies: int
    accounts: int
    case_files: int
    skipped: int = Field(description="Files that hold no policy.")
    ignored: int = Field(description="Files that git or the configuration says to leave alone.")
    unentered: int = Field(
        description="Directories that were not looked into: ignored, reached by a link, or filled by another program."
    )
    irregular: int = Field(description="Links that lead nowhere, pipes and devices with the name of a policy file.")
    failures: int


class CheckModel(Model):
    schema_: Literal["policyeval.check/1"] = Field(alias="schema")
    summary: SummaryModel
    findings: list[FindingModel] = Field(description="Sorted by file and place, suppressed ones among them.")
    failures: list[FailureModel]


def check_json(findings: Sequence[Finding], summary: Summary, failures: Sequence[PolicyevalError]) -> str:
    """The envelope as indented JSON text; `findings` are all, those that are suppressed too."""
    return clean_json(check_model(findings, summary, failures).model_dump_json(by_alias=True, indent=2))


def check_model(findings: Sequence[Finding], summary: Summary, failures: Sequence[PolicyevalError]) -> CheckModel:
    return CheckModel(
        schema=SCHEMA,
        summary=_summary(summary),
        findings=[_finding(finding) for finding in findings],
        failures=[FailureModel(file=error.name, message=error.message, help=error.help) for error in failures],
    )


def _summary(summary: Summary) -> SummaryModel:
    return SummaryModel(
        findings=summary.total,
        by_severity={severity.value: summary.by_severity[severity] for severity in Severity},
        by_rule=dict(sorted(summary.by_rule.items())),
        allowed=summary.allowed,
        in_baseline=summary.in_baseline,
        safe_fixes=summary.safe_fixes,
        unsafe_fixes=summary.unsafe_fixes,
        fixed=summary.fixed,
        policies=summary.policies,
        accounts=summary.accounts,
        case_files=summary.case_files,
        skipped=summary.skipped,
        ignored=summary.ignored,
        unentered=summary.unentered,
        irregular=summary.irregular,
        failures=summary.failures,
    )


def _finding(finding: Finding) -> FindingModel:
    return FindingModel(
        rule=finding.rule,
        severity=finding.severity.value,
        message=finding.message,
        file=finding.file,
        labels=[_label(label, finding.source) for label in finding.labels],
        notes=list(finding.notes),
        help=finding.help,
        fix=_fix(finding),
        fingerprint=finding.fingerprint,
        suppressed=finding.suppressed,
        attached=list(finding.attached),
    )


def _label(label: Label, own: Source) -> LabelModel:
    source, span = label.where.source or own, label.where.find(own)
    outer, outer_span = in_file(source, span)
    return LabelModel(
        file=source.name,
        path=outer.name,
        line=outer.position(outer_span.start).line,
        pointer=label.where.pointer,
        primary=label.primary,
        text=label.text,
        start=position_model(source.position(span.start)),
        end=position_model(source.position(span.end)),
    )


def _fix(finding: Finding) -> FixModel | None:
    if finding.fix is None:
        return None
    return FixModel(
        message=finding.fix.message,
        safe=finding.fix.safe,
        edits=[_edit(finding.source, edit.span, edit.text) for edit in edits.text_edits(finding.source, finding.fix)],
    )


def _edit(source: Source, span: Span, text: str) -> EditModel:
    start, end = (position_model(source.position(offset)) for offset in (span.start, span.end))
    return EditModel(start=start, end=end, text=text)
