"""An account file or an export, checked: what each policy in it says, and what only all of them together show."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from policyeval.account.account import Account
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Where
from policyeval.errors import JsonSyntaxError, PolicyError, PolicyevalError
from policyeval.limits import LimitError
from policyeval.linter.documents import Usage, check_document, finding_of
from policyeval.linter.references import Reference, account_references, export_references
from policyeval.linter.reporting import finding_at, finding_of_error, syntax_finding
from policyeval.linter.selection import Selection
from policyeval.linter.silence import Raised, unsilenced
from policyeval.locating import locate
from policyeval.policy.loading import Document
from policyeval.rules.contract import AccountContext, RuleOptions
from policyeval.source import Pointer, Source
from policyeval.syntax.arn import is_account_id


@dataclass
class CheckedAccount:
    """What an account came to. `files` are the policies in files of their own, by path: they are checked by the caller.

    `failures` say why policies of it were not checked, `not_asked` why account rules were not asked, if so.
    """

    findings: list[Finding] = field(default_factory=list)
    policies: int = 0
    files: dict[str, list[Usage]] = field(default_factory=dict)
    options: RuleOptions = field(default_factory=RuleOptions)
    not_asked: str | None = None
    missing: list[Pointer] = field(default_factory=list)
    """Where the account names a policy that is not there."""
    failures: list[LimitError] = field(default_factory=list)


def check_account_file(source: Source, value: object, selection: Selection, options: RuleOptions) -> CheckedAccount:
    """Check an account file written by hand."""
    from policyeval.account.file import read_account_file

    written = value.get("account") if isinstance(value, dict) else None
    known = str(written) if isinstance(written, str) and is_account_id(str(written)) else None
    options = replace(options, account_id=options.account_id or known)
    checked = CheckedAccount(options=options)
    _collect(checked, source, list(account_references(source, value)), selection)
    _ask_account_rules(checked, source, value, selection, lambda: read_account_file(source, value, exact=False))
    return checked


def check_export(source: Source, value: object, selection: Selection, options: RuleOptions) -> CheckedAccount:
    """Check the output of `aws iam get-account-authorization-details`."""
    from policyeval.account.authorization_details import read_authorization_details

    checked = CheckedAccount(options=options)
    try:
        references = list(export_references(source, value))
    except JsonSyntaxError as error:
        if selection.shows("json-syntax-error"):
            checked.findings.append(syntax_finding(error, source))
        checked.not_asked = "a policy in it is no JSON"
        return checked
    _collect(checked, source, references, selection)
    _ask_account_rules(checked, source, value, selection, lambda: read_authorization_details(source, value))
    return checked


def _collect(checked: CheckedAccount, source: Source, references: list[Reference], selection: Selection) -> None:
    """Check the policies that stand in the account itself, and take note of the others."""
    for reference in references:
        if reference.document is not None:
            try:
                checked.findings += check_document(reference.document, reference.usage, selection, checked.options)
                checked.policies += 1
            except LimitError as error:
                if all(other.where != error.where for other in checked.failures):  # a policy may be used often
                    checked.failures.append(error)
        elif reference.path is not None and os.path.exists(reference.path):
            checked.files.setdefault(reference.path, []).append(reference.usage)
        else:
            checked.missing.append(reference.pointer)
            if selection.shows("missing-policy-document"):
                checked.findings.append(_missing(reference, source))


def _missing(reference: Reference, source: Source) -> Finding:
    if reference.arn is not None:
        name = reference.arn.rsplit("/", 1)[-1]
        return finding_at(
            "missing-policy-document",
            f"the account names the managed policy `{name}` and does not hold it",
            source,
            Where(reference.pointer),
            help=f"save it with `aws iam get-policy-version --policy-arn {reference.arn} --version-id VERSION` "
            "and name the file under `managed-policies`",
        )
    return finding_at(
        "missing-policy-document",
        f"there is no file `{reference.path}`",
        source,
        Where(reference.pointer),
        help="paths are relative to the account file",
    )


def _ask_account_rules(
    checked: CheckedAccount, source: Source, value: object, selection: Selection, load: Callable[[], Account]
) -> None:
    rules = [rule for rule in selection.asked if rule.account is not None]
    try:
        account = load()
    except PolicyevalError as error:
        if _is_own_fault(error, source, checked.missing):
            if selection.shows("invalid-account-file"):
                checked.findings.append(finding_of_error(error, "invalid-account-file", source))
        else:
            checked.not_asked = error.message
        return
    context = AccountContext(checked.options)
    raised = [
        Raised(rule, remark, None)
        for rule in rules
        if rule.account is not None
        for remark in rule.account(account, context)
    ]
    document = Document(value, source, "")
    checked.findings += [
        finding_of(each.rule, each.remark, document) for each in unsilenced(raised) if selection.shows(each.rule.name)
    ]


def _is_own_fault(error: PolicyevalError, source: Source, missing: list[Pointer]) -> bool:
    """Whether an account cannot be read because of what it says itself: missing and broken policies are found apart."""
    if isinstance(error, PolicyError | JsonSyntaxError | LimitError) or (
        error.source is not None and error.source != source
    ):
        return False
    places = locate(source)
    return all(error.span != places.find(pointer) for pointer in missing)
