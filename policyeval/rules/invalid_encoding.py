"""A file that is not text in UTF-8.

## What it does
Reports UTF-16, UTF-32, Latin-1, binary content, and half a surrogate pair inside a string. A byte order mark before
good UTF-8 is passed over, with a suggestion.

## Why is this bad?
JSON that is exchanged is UTF-8 (RFC 8259, section 8.1). AWS refuses other text, or stores other characters than those
that you see.

## Example
A policy that an editor on Windows has saved as "Unicode", which is UTF-16.

## Use instead
The same text, saved as UTF-8: `iconv -f UTF-16 -t UTF-8`.

## References
- [RFC 8259, section 8](https://www.rfc-editor.org/rfc/rfc8259#section-8)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-encoding", Severity.ERROR)
