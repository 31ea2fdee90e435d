"""A role that another account may assume, without an external id.

## What it does
Reports an Allow of `sts:AssumeRole` in a role trust policy that names an account, user or role of another account, when
no condition asks for `sts:ExternalId`. It needs to know your own account: from the configuration, the account file or
the export. Left out are principals of whom a condition asks for your organization or for MFA: they are your own people.

## Why is this bad?
A company that works in the accounts of many customers has one account of its own, which all of them trust. Another
customer who learns your role's ARN can enter it as theirs, and the company then works on your account for them: the
confused deputy. An external id that the company gives to each customer prevents it.

## Example
```json trust account=123456789012
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "sts:AssumeRole"
  }
}
```

## Use instead
```json trust account=123456789012
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": "customer-4711"}}
  }
}
```

## References
- [Access to AWS accounts owned by third parties](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html)
- [The confused deputy problem](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, PrincipalEntry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.syntax.action import compile_action
from policyeval.syntax.arn import is_account_id, split_arn
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    own = context.options.account_id or _account(context.attached_to or "")
    if own is None or statement.effect != "Allow" or not _assumes_role(statement):
        return
    strangers = [entry for entry in statement.principals or () if _account_of(entry) not in (None, own)]
    if not strangers or any(_tells_who(condition) for condition in statement.conditions):
        return
    if any(_asks_external_id_of_all(other) for other in context.policy):
        return
    first, *more = strangers
    accounts = sorted({account for entry in strangers if (account := _account_of(entry)) is not None})
    whose = f"account {accounts[0]}" if len(accounts) == 1 else f"{len(accounts)} other accounts"
    yield Remark(
        f"{whose} may assume the role without an external id",
        Where(first.pointer),
        label="not your account",
        related=tuple(Label(Where(entry.pointer), "nor this") for entry in more),
        notes=("if the account is a vendor's, another customer of theirs can have them assume your role",),
        help="ask for the `sts:ExternalId` that the vendor has given you; if the account is your own, ask for "
        "`aws:PrincipalOrgID`",
    )


def _assumes_role(statement: Statement) -> bool:
    if statement.not_actions is not None:
        return not any(compile_action(entry.text)("sts:assumerole") for entry in statement.not_actions)
    return any(compile_action(entry.text)("sts:assumerole") for entry in statement.actions or ())


def _account_of(entry: PrincipalEntry) -> str | None:
    if entry.type != "AWS":
        return None
    return entry.text if is_account_id(entry.text) else _account(entry.text)


def _account(arn: str) -> str | None:
    segments = split_arn(arn)
    return segments[4] if len(segments) == 6 and is_account_id(segments[4]) else None


def _tells_who(condition: Condition) -> bool:
    """Whether a condition asks for an external id, or for what a vendor's software does not have."""
    operator = condition.operator
    if operator.is_negated or operator.if_exists or operator.qualifier is Qualifier.FOR_ALL_VALUES:
        return False
    texts = [value.text for value in condition.values]
    key = condition.key.lower()
    if operator.base == "Null":
        return key == "aws:multifactorauthage" and texts == ["false"]
    if key in ("sts:externalid", "aws:principalorgid", "aws:principalorgpaths"):
        return not any(text.strip("*?") == "" for text in texts)
    return key == "aws:multifactorauthage" or (key == "aws:multifactorauthpresent" and texts == ["true"])


def _asks_external_id_of_all(statement: Statement) -> bool:
    """Whether a Deny shuts out everybody who comes without one of some external ids."""
    return (
        statement.effect == "Deny"
        and _assumes_role(statement)
        and any(entry.text == "*" for entry in statement.principals or ())
        and bool(statement.conditions)
        and all(c.operator.is_negated and c.key.lower() == "sts:externalid" for c in statement.conditions)
    )


RULE = Rule(
    "cross-account-trust-without-external-id",
    Severity.SUGGESTION,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
)
