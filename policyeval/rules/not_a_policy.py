"""A file that was named and holds no policy.

## What it does
Reports a file named on the command line that is neither a policy, nor what an AWS command prints around one, nor an
account file, nor a file of decision cases. Files that were found in a directory are passed over and counted;
`--skip-non-policies` does the same for named ones. A file with a policy in YAML, an object with `Statement`, is
reported wherever it was found: policies are read as JSON, the form in which AWS takes them.

## Why is this bad?
A file that is not looked at must not seem to be clean.

## Example
```json
{"bucket": "team-logs", "versioning": true}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy element reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("not-a-policy", Severity.ERROR)
