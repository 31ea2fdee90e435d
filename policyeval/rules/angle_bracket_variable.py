"""A policy variable in other brackets than `${...}`.

## What it does
Reports `$<aws:username>`, `$(aws:username)`, `{{aws:username}}`, `%{aws:username}` and the like in resources and in the
values of conditions.

## Why is this bad?
AWS knows one spelling of a variable, `${aws:username}`, and takes all others as plain text. A resource so written is
that of a user whose name holds the brackets, which is nobody's.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:ChangePassword",
    "Resource": "arn:aws:iam::123456789012:user/$<aws:username>"
  }
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
Not safe: the statement begins to speak of what the variable stands for.

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_text import Text, texts_with_variables

_KEY = r"([A-Za-z][A-Za-z0-9.-]*:[A-Za-z0-9_/@.=+:-]+)"
_BRACKETS = rf"\$<{_KEY}>|\$\({_KEY}\)|\$\[{_KEY}\]"
_OTHERS = rf"\{{\{{\s*{_KEY}\s*\}}\}}|[%#@]\{{{_KEY}\}}|(?<![$%#@{{])\{{{_KEY}\}}|(?<![$])<{_KEY}>|\$(aws:[A-Za-z]+)"
_WRONG = re.compile(f"{_BRACKETS}|{_OTHERS}", re.ASCII)


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for text in texts_with_variables(statement):
        if not any(bracket in text.text for bracket in "$<{"):
            continue
        for found in _WRONG.finditer(text.text):
            key = next(group for group in found.groups() if group)
            if found.group().startswith(("$<", "$(", "$[")) or is_known(key, context):
                yield remark(statement, text, key, found.span())


def is_known(key: str, context: RuleContext) -> bool:
    """Whether a text is a condition key. `{{resolve:ssm:...}}` is that of another language."""
    from policyeval.catalog.global_keys import global_key

    return global_key(key) is not None or context.catalog.condition_key(key) is not None


def remark(statement: Statement, text: Text, key: str, within: tuple[int, int]) -> Remark:
    written = text.text[slice(*within)]
    then = "allows" if statement.effect == "Allow" else "denies"
    return Remark(
        f"`{written}` is no policy variable",
        Where(text.pointer, within=within),
        label="AWS takes this as it is written",
        notes=(f"{text.place} is compared with these very characters, which no request holds",),
        help=f"write `${{{key}}}`",
        fix=Fix(
            f"write `${{{key}}}`, so that the statement {then} what the variable stands for",
            (ReplaceText(text.pointer, f"${{{key}}}", within=within),),
        ),
    )


RULE = Rule(
    "angle-bracket-variable",
    Severity.ERROR,
    statement=check,
    about=Topic.VARIABLE,
    silences={"placeholder-in-policy": Reach.PLACE},
)
