"""One file, checked as what it is: a policy, an account, an export, a file of decision cases, or nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.errors import PolicyError, PolicyevalError, ReadError
from policyeval.limits import LimitError
from policyeval.linter.documents import Usage, check_document
from policyeval.linter.kinds import infer_kind
from policyeval.linter.reporting import finding_at, finding_of_error, syntax_finding
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, unwrap, wrapped
from policyeval.reading import (
    decode_document,
    has_byte_order_mark,
    in_its_language,
    name_of,
    read_bytes,
    source_from_bytes,
)
from policyeval.rules.contract import NO_OPTIONS, RuleOptions
from policyeval.source import Source, Span

Nature = Literal["policy", "account", "cases", "other"]
_SECTIONS = frozenset({"users", "groups", "roles", "resources", "organization", "settings", "authorization-details"})
_LOOKS_LIKE_POLICY = re.compile(r"""["']?Statement["']?\s*:""")
_LOOKS_LIKE_OURS = re.compile(
    r"""^(?:account\s*:|["']?schema["']?\s*:\s*["']?policyeval\.test/)|"schema"\s*:\s*"policyeval\.test/""",
    re.MULTILINE,
)
_YAML_POLICY = re.compile(r"""^["']?(?:Statement|PolicyDocument|PolicyVersion)["']?\s*:""", re.MULTILINE)
_YAML_ACCOUNT = re.compile(r"^account\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to check a file for. `named` says that the user named it, so that it must hold something of ours; `usage`
    is how an account uses the policy in it, and outweighs `kind`."""

    selection: Selection = field(default_factory=Selection)
    options: RuleOptions = NO_OPTIONS
    kind: PolicyKind | None = None
    named: bool = True
    usage: Usage | None = None


@dataclass
class CheckedFile:
    """What a file came to. `skipped` says why nothing in it was looked at; `remarks` what else a person should know;
    `failures` why a policy in it was not checked, each located.

    `references` are the policy files that an account uses, each with its uses and the options that hold for it.
    """

    name: str
    nature: Nature = "policy"
    findings: list[Finding] = field(default_factory=list)
    policies: int = 0
    skipped: str | None = None
    remarks: tuple[str, ...] = ()
    references: dict[str, list[Usage]] = field(default_factory=dict)
    options: RuleOptions = NO_OPTIONS
    failures: list[LimitError] = field(default_factory=list)


def check_file(path: str, asked: Asked, name: str | None = None) -> CheckedFile:
    """Check a file, or standard input for `-`; raises `ReadError` when it cannot be opened."""
    return check_bytes(read_bytes(path), name or name_of(path), asked)


def check_bytes(data: bytes, name: str, asked: Asked) -> CheckedFile:
    """Check the content of a file; never raises for what a file can hold."""
    checked = CheckedFile(name, options=asked.options)
    try:
        source = source_from_bytes(data, name)
    except ReadError as error:
        if not asked.named and b"Statement" not in data.replace(b"\0", b""):
            return _skip(checked, error.message)
        return _report(checked, asked, finding_of_error(error, "invalid-encoding", Source(name, "")))
    check_source(source, asked, checked)
    if checked.skipped is None and has_byte_order_mark(data):
        _report(checked, asked, _byte_order_mark(source))
    return checked


def check_source(source: Source, asked: Asked, checked: CheckedFile | None = None) -> CheckedFile:
    """Check a text; never raises for what it can hold."""
    checked = checked or CheckedFile(source.name, options=asked.options)
    told = in_its_language(source)
    if told is not source and (_LOOKS_LIKE_OURS.search(source.text) or _YAML_POLICY.search(source.text)):
        source = told
    if not asked.named and not _may_be_ours(source):
        return _skip(checked, "holds no policy")
    try:
        value = decode_document(source)
    except PolicyevalError as error:
        finding = finding_of_error(error, _broken_yaml(source), source)
        return _report(checked, asked, finding if source.is_yaml else syntax_finding(error, source))
    if _is_cases(value):
        return _check_cases(source, value, asked, checked)
    if _is_account(value, source):
        return _check_account(source, value, asked, checked)
    try:
        document = None if source.is_yaml else unwrap(value, source)
    except PolicyevalError as error:  # a document inside a string that is no JSON
        return _report(checked, asked, syntax_finding(error, source))
    if document is None:
        if source.is_yaml and _has_statement(value):
            return _report(checked, asked, _policy_in_yaml(source))
        return _report(checked, asked, _no_policy_here(source)) if asked.named else _skip(checked, "holds no policy")
    return _check_policy(document, value, asked, checked)


def _check_policy(document: Document, outer: object, asked: Asked, checked: CheckedFile) -> CheckedFile:
    usage = asked.usage or Usage(asked.kind or _kind_of_wrapper(outer, document) or infer_kind(document.value))
    try:
        checked.findings += check_document(document, usage, asked.selection, asked.options)
        checked.policies += 1
    except LimitError as error:
        checked.failures.append(error)
    return checked


def check_as(check: Callable[[Asked], CheckedFile], usages: Sequence[Usage], asked: Asked) -> CheckedFile:
    """Check a policy that an account uses, once for each kind as which it is used; once as it looks without uses.

    What is found under several kinds is reported once.
    """
    if not usages:
        return check(asked)
    by_kind = {usage.kind: usage for usage in usages}
    attached = tuple(dict.fromkeys(who for usage in usages for who in usage.attached))
    found: dict[tuple[object, ...], Finding] = {}
    outcomes = [check(replace(asked, usage=usage, named=True)) for usage in by_kind.values()]
    for outcome in outcomes:
        for finding in outcome.findings:
            found.setdefault((finding.rule, finding.labels, finding.message), finding)
    checked = outcomes[0]
    checked.findings = [replace(finding, attached=attached) for finding in found.values()]
    return checked


def _kind_of_wrapper(outer: object, document: Document) -> PolicyKind | None:
    """The kind that AWS's own answer tells: `organizations describe-policy` names its type, `iam get-role` has one."""
    if not isinstance(outer, Mapping) or document.value is outer:
        return None
    if "AssumeRolePolicyDocument" in document.pointer or "AssumeRolePolicyDocument" in document.source.name:
        return PolicyKind.TRUST
    policy = outer.get("Policy")
    summary = policy.get("PolicySummary") if isinstance(policy, Mapping) else None
    kind = summary.get("Type") if isinstance(summary, Mapping) else None
    return {"SERVICE_CONTROL_POLICY": PolicyKind.SCP, "RESOURCE_CONTROL_POLICY": PolicyKind.RCP}.get(str(kind))


def _check_account(source: Source, value: object, asked: Asked, checked: CheckedFile) -> CheckedFile:
    from policyeval.account.authorization_details import is_authorization_details
    from policyeval.linter.accounts import check_account_file, check_export

    check = check_export if is_authorization_details(value) else check_account_file
    account = check(source, value, asked.selection, asked.options)
    checked.nature = "account"
    checked.findings += account.findings
    checked.policies += account.policies
    checked.failures += account.failures
    checked.references = account.files
    checked.options = account.options
    if account.not_asked is not None:
        checked.remarks = (f"the rules for accounts were not asked about {source.name}: {account.not_asked}",)
    return checked


def _check_cases(source: Source, value: object, asked: Asked, checked: CheckedFile) -> CheckedFile:
    """A file of cases is checked for its form; the policies in it are there to be decided, not to be good."""
    from policyeval.cases.model import BrokenCase
    from policyeval.cases.reader import parse_cases

    checked.nature = "cases"
    try:
        cases = parse_cases(source, value).cases
    except PolicyevalError as error:
        return _report(checked, asked, finding_of_error(error, "invalid-case-file", source))
    for case in cases:
        if isinstance(case, BrokenCase) and not isinstance(case.error, PolicyError):
            _report(checked, asked, finding_of_error(case.error, "invalid-case-file", source))
    return checked


def _may_be_ours(source: Source) -> bool:
    """Whether a file that nobody named is worth decoding; YAML only when it says what it is."""
    text = source.text
    if source.is_yaml:
        return _LOOKS_LIKE_OURS.search(text) is not None or _YAML_POLICY.search(text) is not None
    return (
        _LOOKS_LIKE_POLICY.search(text) is not None
        or "DetailList" in text
        or "%22Statement%22" in text
        or '\\"Statement\\"' in text
        or '"account"' in text
        or _LOOKS_LIKE_OURS.search(text) is not None
    )


def _is_cases(value: object) -> bool:
    schema = value.get("schema") if isinstance(value, Mapping) else None
    return isinstance(schema, str) and schema.startswith("policyeval.test/")


def _is_account(value: object, source: Source) -> bool:
    if not isinstance(value, Mapping) or "Statement" in value:
        return False
    if "UserDetailList" in value or "RoleDetailList" in value or "GroupDetailList" in value:
        return True
    return "account" in value and (source.is_yaml or not _SECTIONS.isdisjoint(value))


def _broken_yaml(source: Source) -> str:
    """The rule that a text breaks which is no YAML, by what it was going to be."""
    if _YAML_ACCOUNT.search(source.text):
        return "invalid-account-file"
    return "invalid-case-file" if _LOOKS_LIKE_OURS.search(source.text) else "not-a-policy"


def _no_policy_here(source: Source) -> Finding:
    return _not_a_policy(
        "the file holds no policy",
        "a policy is an object with `Statement`, or the output of a command such as `aws iam get-policy-version`; "
        "`--skip-non-policies` passes over other files",
        source,
    )


def _has_statement(value: object) -> bool:
    inner = wrapped(value)[1] if isinstance(value, Mapping) else None
    return isinstance(inner, Mapping) and "Statement" in inner


def _policy_in_yaml(source: Source) -> Finding:
    return _not_a_policy(
        "the file holds a policy in YAML",
        "policies are read as JSON, the form in which AWS takes them: write it in a `.json` file",
        source,
    )


def _not_a_policy(message: str, help: str, source: Source) -> Finding:
    return finding_at("not-a-policy", message, source, Where("", span=_first_line(source)), help=help)


def _first_line(source: Source) -> Span:
    text = source.text
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return Span(start, end if end >= 0 else len(text))


def _byte_order_mark(source: Source) -> Finding:
    return finding_at(
        "invalid-encoding",
        "the file begins with a byte order mark",
        source,
        Where("", span=Span(0, 1)),
        label="an invisible U+FEFF stands before this",
        notes=("policyeval passes over it; a reader of JSON may refuse it (RFC 8259 section 8.1)",),
        help="save the file as UTF-8 without a byte order mark",
        severity=Severity.SUGGESTION,
    )


def _report(checked: CheckedFile, asked: Asked, finding: Finding) -> CheckedFile:
    if asked.selection.shows(finding.rule):
        checked.findings.append(finding)
    return checked


def _skip(checked: CheckedFile, why: str) -> CheckedFile:
    checked.nature = "other"
    checked.skipped = why
    return checked
