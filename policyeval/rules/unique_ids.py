"""Unique ids of IAM (`AROA...`, `AIDA...`) where a principal is named.

IAM saves the ARN of a role or user as its unique id, and shows the ARN again as long as there is one; an id that is
seen is what is left of a principal that was deleted.

Source: IAM User Guide, reference_identifiers (unique identifiers), reference_policies_elements_principal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from policyeval.diagnostics.place import Where
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark

_PREFIXES = {"role": "AROA", "user": "AIDA"}


def unique_ids(statement: Statement, kind: Literal["role", "user"]) -> Iterator[Remark]:
    """A remark for every principal that is the unique id of a role or user."""
    form = re.compile(f"{_PREFIXES[kind]}[A-Z0-9]{{4,}}")
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        if principal.type == "AWS" and form.fullmatch(principal.text) is not None:
            yield Remark(
                f"the principal `{principal.text}` is the id of a {kind}, not its ARN",
                Where(principal.pointer),
                label=f"shows nobody which {kind} is meant",
                notes=(
                    f"IAM shows an id where that {kind} has been deleted; a new {kind} of the same name has another id",
                ),
                help=f"write the {kind}'s ARN, `arn:aws:iam::ACCOUNT:{kind}/NAME`, or remove the id",
            )
