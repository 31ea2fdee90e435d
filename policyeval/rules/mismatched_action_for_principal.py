"""A trust policy with an action that its principals cannot call.

## What it does
Reports `sts:AssumeRoleWithSAML` without a SAML provider, `sts:AssumeRoleWithWebIdentity` without an OpenID Connect
provider, and `sts:AssumeRole` where all principals are identity providers.

## Why is this bad?
Each kind of principal assumes a role by one action: users of a SAML provider by `sts:AssumeRoleWithSAML`, those of an
OpenID Connect provider by `sts:AssumeRoleWithWebIdentity`, all others by `sts:AssumeRole`. With another action the
statement lets nobody in.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
    "Action": "sts:AssumeRoleWithSAML",
    "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
  }
}
```

## Fix safety
Not safe: the principals can then assume the role, as was meant.

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Requesting temporary security credentials](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html)
- [Access Analyzer: Mismatched action for principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-mismatched-action-for-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Entry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.trust_principals import ASSUMES, action_of


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    principals = statement.principals or ()
    if not principals or any(principal.text == "*" for principal in principals):
        return
    callable_actions = {action_of(principal) for principal in principals}
    if None in callable_actions:
        return
    named = {ASSUMES[entry.text.lower()] for entry in statement.actions or () if entry.text.lower() in ASSUMES}
    for entry in statement.actions or ():
        action = ASSUMES.get(entry.text.lower())
        if action is not None and action not in callable_actions:
            yield remark(statement, entry, action, sorted(str(each) for each in callable_actions if each not in named))


def remark(statement: Statement, entry: Entry, action: str, missing: list[str]) -> Remark:
    principal = (statement.principals or ())[0]
    needed = missing[0] if len(missing) == 1 else None
    after = "which lets these principals in" if statement.effect == "Allow" else "which these principals call"
    return Remark(
        f"none of the statement's principals can call `{action}`",
        Where(entry.pointer),
        label=f"needs {NEEDS[action]}",
        related=(Label(Where(principal.pointer), f"assumes the role by `{action_of(principal)}`"),),
        help=f"write `{needed}`" if needed else f"remove `{entry.text}`, or name {NEEDS[action]} under `Principal`",
        fix=Fix(f"write `{needed}`, {after}", (ReplaceText(entry.pointer, needed),)) if needed else None,
    )


NEEDS = {
    "sts:AssumeRole": "a principal that is no identity provider",
    "sts:AssumeRoleWithSAML": "a SAML provider",
    "sts:AssumeRoleWithWebIdentity": "an OpenID Connect provider",
}

RULE = Rule("mismatched-action-for-principal", Severity.ERROR, statement=check, kinds=frozenset({PolicyKind.TRUST}))
