"""A KMS key in a condition that is not named by its key ARN.

## What it does
Reports values of condition keys that hold the ARN of a KMS key, such as
`s3:x-amz-server-side-encryption-aws-kms-key-id`, when they are the id of a key, an alias or another ARN. Wildcards
and variables are left alone.

## Why is this bad?
The key holds the whole ARN of the KMS key, whatever the caller wrote. An id or alias never equals it, so uploads with
the right key are turned away, or those with a wrong one let in.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/logs"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {
      "StringNotEquals": {
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd"
      }
    }
  }
}
```

## References
- [Using server-side encryption with AWS KMS keys](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html)
- [Access Analyzer: Invalid KMS key value](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-kms-key-value)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.syntax.wildcard import has_wildcard

KEY_ARN_KEYS = frozenset(
    {
        "bedrock-agentcore:kmskeyarn",
        "eks:encryptionconfigproviderkeyarns",
        "quicksight:kmskeyarns",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3express:x-amz-server-side-encryption-aws-kms-key-id",
        "s3tables:kmskeyarn",
        "s3vectors:kmskeyarn",
        "sagemaker:domainsharingoutputkmskeyarn",
        "sagemaker:featuregroupofflinestorekmskeyarn",
        "sagemaker:featuregrouponlinestorekmskeyarn",
        "sagemaker:outputkmskeyarn",
        "sagemaker:volumekmskeyarn",
        "secretsmanager:kmskeyarn",
    }
)
"""Lower-cased keys that hold the ARN of a KMS key. Source: Service Authorization Reference."""
_KEY_ARN = r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+"
_KEY_ID = r"(?:mrk-)?[0-9a-f-]{32,36}"


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.key.lower() not in KEY_ARN_KEYS or condition.operator.family not in ("String", "Arn"):
            continue
        for value in condition.values:
            if has_wildcard(value.text) or "$" in value.text or re.fullmatch(_KEY_ARN, value.text):
                continue
            yield Remark(
                f"`{value.text}` is no ARN of a KMS key",
                Where(value.pointer),
                label=what_it_is(value.text),
                notes=(f"requests carry the whole ARN of the key in `{condition.key}`",),
                help="the form is `arn:aws:kms:region:account:key/key-id`",
            )


def what_it_is(text: str) -> str:
    if "alias/" in text:
        return "an alias"
    return "the id of a key" if re.fullmatch(_KEY_ID, text) else "no key ARN"


RULE = Rule("invalid-kms-key-value", Severity.ERROR, statement=check, about=Topic.CONDITION)
