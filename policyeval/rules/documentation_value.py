"""An account or organization of AWS's documentation.

## What it does
Reports the account ids `123456789012`, `111122223333` and `444455556666` and the organization `o-exampleorgid`, which
AWS's documentation uses, in resources, principals and the values of conditions; unless the account that is configured
has that very id. Off unless asked for: examples are full of them.

## Why is this bad?
What was copied from an example speaks of an account that is not yours. An Allow then gives nothing, a Deny protects
nothing, and a trust policy names a stranger.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## Use instead
```json account=123456789012
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## Fix safety
Not safe: with your account's id in place the statement begins to have an effect.

## References
- [View AWS account identifiers](https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html)
- [IAM identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.written_text import texts
from policyeval.syntax.arn import is_account_id

_KNOWN = re.compile(r"(?<![A-Za-z0-9])(?:123456789012|111122223333|444455556666|o-exampleorgid)(?![A-Za-z0-9])")


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    own = context.options.account_id
    for text in texts(statement):
        for found in _KNOWN.finditer(text.text):
            written = found[0]
            if written == own:
                continue
            fix = None
            if own is not None and is_account_id(written):
                edit = ReplaceText(text.pointer, own, within=found.span())
                fix = Fix(f"write the account's id, {own}", (edit,))
            what = "an account" if is_account_id(written) else "an organization"
            yield Remark(
                f"`{written}` is {what} of AWS's documentation",
                Where(text.pointer, within=found.span()),
                label="copied from an example?",
                help="write your own",
                fix=fix,
            )


RULE = Rule("documentation-value", Severity.WARNING, statement=check, pedantic=True)
