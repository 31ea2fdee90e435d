"""A wildcard where the name of a service belongs.

## What it does
Reports `*` and `?` in the service of an action, which IAM refuses, and in the service of an ARN under `Resource` and
`NotResource`.

## Why is this bad?
The pattern matches whatever services AWS has and will have. `arn:aws:*code*:...` is a dozen of them today; an Allow
grows with the next one, a `NotResource` shrinks.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["codebuild:StartBuild", "codepipeline:StartPipelineExecution"],
    "Resource": "arn:aws:code*:eu-west-1:111122223333:*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["codebuild:StartBuild", "codepipeline:StartPipelineExecution"],
    "Resource": [
      "arn:aws:codebuild:eu-west-1:111122223333:project/*",
      "arn:aws:codepipeline:eu-west-1:111122223333:*"
    ]
  }
}
```

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Wildcard in service name](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-wildcard-in-service-name)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import entries_of
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.home_service import prefix_of
from policyeval.rules.wording import quoted
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
        prefix, partition, service, *_ = (*entry.text.split(":", 3), "", "")
        if prefix != "arn" or not has_wildcard(service):
            continue
        start = len(prefix) + len(partition) + 2
        meant = sorted({prefix_of(action.text) for action in entries_of(statement)} - {""})
        services = f": {quoted(meant)}" if meant else ""
        yield Remark(
            f"the service of `{entry.text}` holds a wildcard",
            Where(entry.pointer, within=(start, start + len(service))),
            label="matches services to come, too",
            help=f"write `{meant[0]}`" if len(meant) == 1 else f"write an ARN for each service{services}",
        )


RULE = Rule("wildcard-in-service-name", Severity.SUGGESTION, statement=check)
