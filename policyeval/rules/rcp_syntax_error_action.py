"""A resource control policy with an action that such policies do not reach.

## What it does
Reports `*` as an action of a resource control policy, and actions of services that do not support such policies.

## Why is this bad?
Every action has to name a service, as `s3:*` does, and AWS Organizations refuses a policy with `*`. Of a service that
does not support resource control policies no request is ever denied by one, so the resources are not protected as
they seem to be.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:*", "sns:*"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

## Use instead
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

## References
- [RCP syntax](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html)
- [Resource control policies](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html)
- [Access Analyzer: RCP syntax error action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-rcp-syntax-error-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    """Actions of services that are out of reach, and `*:*`; whoever reads the document reports `*`."""
    for entry in statement.actions or ():
        prefix, colon, _ = entry.text.partition(":")
        if entry.text == "*:*":
            yield Remark(
                "a resource control policy may not name every action",
                Where(entry.pointer),
                label="names no service",
                help="name the service, as in `s3:*`",
            )
        elif colon and is_well_formed(entry.text) and not has_wildcard(prefix) and is_out_of_reach(prefix, context):
            yield Remark(
                f"resource control policies do not reach {context.catalog.service_name(prefix)}",
                Where(entry.pointer, within=(0, len(prefix))),
                label="not supported",
                notes=(
                    "no request to this service is denied by a resource control policy",
                    f"this relies on AWS's list of supported services as of {context.catalog.date}",
                ),
                help="use a service control policy, or the policies of the resources",
            )


def is_out_of_reach(prefix: str, context: RuleContext) -> bool:
    return context.catalog.has_service(prefix) and prefix.lower() not in context.catalog.rcp_services


RULE = Rule("rcp-syntax-error-action", Severity.ERROR, statement=check, kinds=frozenset({PolicyKind.RCP}))
