"""Values of DynamoDB's condition keys that hold one of a few words.

Source: Amazon DynamoDB Developer Guide, specifying-conditions; IAM User Guide, access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark
from policyeval.syntax.wildcard import has_wildcard, matches
from policyeval.vocabulary import nearest


def unknown_values(statement: Statement, key: str, words: tuple[str, ...]) -> Iterator[Remark]:
    """A remark for each value of a key, given in lower case, that no request has; `words` are those that requests have.

    Case counts unless the operator ignores it. Variables are left alone.
    """
    for condition in statement.conditions:
        operator = condition.operator
        if condition.key.lower() != key or operator.family != "String":
            continue
        for value in condition.values:
            text = value.text.upper() if "IgnoreCase" in operator.base else value.text
            is_pattern = "Like" in operator.base and has_wildcard(text)
            if has_wildcard(text) and not is_pattern:
                continue
            if "$" in text or text in words or (is_pattern and any(matches(text, word) for word in words)):
                continue
            best = None if is_pattern else nearest(text, words)
            yield Remark(
                f"`{value.text}` is no value of `{condition.key}`",
                Where(value.pointer),
                label="differs in case" if best == text.upper() else "no request has it",
                notes=("requests have " + ", ".join(f"`{word}`" for word in words[:-1]) + f" or `{words[-1]}`",),
                help=f"did you mean `{best}`?" if best else None,
                fix=Fix(f"write `{best}`, so that the value matches", (ReplaceText(value.pointer, best),))
                if best
                else None,
            )
