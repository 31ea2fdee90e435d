"""Text of a template that nobody replaced.

## What it does
Reports `ACCOUNT-ID-WITHOUT-HYPHENS`, `<account-id>`, `YOUR-BUCKET`, `${AWS::AccountId}`, `${var.bucket}`,
`111-222-333` and other text that documentation and templates tell their reader to replace, in resources, principals and
the values of conditions.

## Why is this bad?
AWS stores it as it stands. A resource or principal of that name does not exist, so the statement has no effect.

## Example
```json account=123456789012
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:ChangePassword",
    "Resource": "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/${aws:username}"
  }
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::YOUR-BUCKET-NAME/*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:ChangePassword",
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Fix safety
Not safe: with the account id in place the statement begins to have an effect.

## References
- [IAM identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)
- [View AWS account identifiers](https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.written_arns import ACCOUNT, split_written
from policyeval.rules.written_text import Text, texts

_NAMED = (
    # `<account-id>`, `<your bucket>`
    r"(?<!\$)<[A-Za-z][A-Za-z0-9 _./-]*>"
    # a placeholder of CloudFormation, or of the Service Authorization Reference
    r"|\$\{(?:AWS::[A-Za-z]+|Partition|Region|Account(?:Id)?|[A-Z][A-Za-z]*(?:Name|Id|Path|Type))\}"
    r"|\{\{[A-Za-z][A-Za-z0-9 _.-]*\}\}"
    r"|(?i:ACCOUNT[-_]ID[-_]WITHOUT[-_]HYPHENS)"
    # names that AWS keeps for its documentation: nobody can have such a bucket
    r"|\b(?:DOC-EXAMPLE|EXAMPLE-DOC)-[A-Z0-9-]*BUCKET[0-9]*\b|(?<![A-Za-z0-9-])amzn-s3-demo-[a-z0-9-]+|\bo-x{5,}\b"
    r"|\b(?:YOUR|MY|EXAMPLE|INSERT|REPLACE)[-_](?:[A-Z0-9]+[-_])*(?:ACCOUNT|BUCKET|NAME|ID|REGION|KEY|ROLE|USER|TABLE|"
    r"QUEUE|TOPIC|HERE|ME)\b(?:[-_](?:NAME|ID|HERE|NUMBER)\b)*"
    r"|\b(?:your|insert|replace)[-_](?:aws[-_])?(?:account|bucket|region|role|user|table|queue|topic|key)"
    r"(?:[-_](?:name|id|here|number|arn))*\b"
)
_OF_A_TEMPLATE = r"|\$\{(?:[A-Za-z_][A-Za-z0-9_.\[\]-]*|(?:self|env|opt|param|file|cf|sls):[A-Za-z0-9_./()-]+)\}"
"""Of Terraform, a shell, the Serverless Framework: variables of a policy have a colon, or are `${*}` and the like."""
_ACCOUNT = (
    r"(?:(?:your|my|the|source|target|trusted|management|other)[-_ ]?)?(?:aws[-_ ]?)?acc(?:oun)?t"
    r"(?:[-_ ]?(?:id|number|no|a|b))*|x{4,12}|aws[-_ ]?id|(?:x{4}-){2}x{4}"
    r"|\d{4}-\d{4}-\d{4}|\d{3}-\d{3}-\d{3}(?:\d{1,3}|-\d{3})?"
    r"|[{\[%][a-z_-]*account[a-z_-]*[}\]%]|\$account(?:_?id)?"
)
_ELSEWHERE = re.compile(_NAMED, re.ASCII)
_ELSEWHERE_OR_TEMPLATE = re.compile(_NAMED + _OF_A_TEMPLATE, re.ASCII)
_IN_ACCOUNT = re.compile(f"(?i:{_ACCOUNT})", re.ASCII)
_ABOUT_ACCOUNT = re.compile(r"account|^111-222|^\d{4}-\d{4}", re.IGNORECASE)


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for text in texts(statement):
        for within in placeholders_in(text, has_variables=context.policy.has_variables):
            yield remark(text, within, context)


def placeholders_in(text: Text, *, has_variables: bool) -> Iterator[tuple[int, int]]:
    """The characters of each placeholder, in order. Where the policy's version has no variables, `${name}` may be the
    name of something."""
    pattern = _ELSEWHERE_OR_TEMPLATE if has_variables else _ELSEWHERE
    taken = None
    if text.text.startswith("arn:"):
        segments = split_written(text.text)
        if len(segments) > ACCOUNT and _IN_ACCOUNT.fullmatch(segments[ACCOUNT]):
            start = sum(len(segment) + 1 for segment in segments[:ACCOUNT])
            taken = (start, start + len(segments[ACCOUNT]))
            yield taken
    for found in pattern.finditer(text.text):
        if taken is None or not (taken[0] <= found.start() < taken[1]):
            yield found.span()


def remark(text: Text, within: tuple[int, int], context: RuleContext) -> Remark:
    written = text.text[slice(*within)]
    is_account = stands_for_account(text.text, within, written)
    account_id = context.options.account_id
    fix = None
    if is_account and account_id is not None:
        fix = Fix(f"write the account's id, {account_id}", (ReplaceText(text.pointer, account_id, within=within),))
    if is_account:
        advice = "write the account's twelve digits, without hyphens"
        if account_id is None:
            advice += "; with the account id configured, `--fix --unsafe-fixes` writes them"
    else:
        key = f"aws:{written[2:-1]}" if written.startswith("${") else ""
        found = global_key(key) if key else None
        advice = f"did you mean `${{{found.name}}}`?" if found is not None else "replace it by what it stands for"
    return Remark(
        f"`{written}` is a placeholder",
        Where(text.pointer, within=within),
        label="an account id belongs here" if is_account else "this was meant to be replaced",
        notes=(f"AWS takes it as it is written, so {text.place} fits nothing that exists",),
        help=advice,
        fix=fix,
    )


def stands_for_account(text: str, within: tuple[int, int], written: str) -> bool:
    """Whether a placeholder is the whole account segment of an ARN, or speaks of an account and is the whole text."""
    if text.startswith("arn:"):
        before, after = text[: within[0]].count(":"), text[within[1] : within[1] + 1]
        return before == ACCOUNT and text[within[0] - 1] == ":" and after in (":", "")
    return within == (0, len(text)) and _ABOUT_ACCOUNT.search(written) is not None


RULE = Rule(
    "placeholder-in-policy",
    Severity.ERROR,
    statement=check,
    silences={
        "invalid-arn-account": Reach.PLACE,
        "invalid-arn-region": Reach.PLACE,
        "invalid-arn-prefix": Reach.PLACE,
        "no-resource-fits-action": Reach.STATEMENT,
    },
)
