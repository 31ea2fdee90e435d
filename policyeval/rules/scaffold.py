"""The skeleton of a new rule: `python -m policyeval.rules.scaffold NAME [--scope SCOPE] [--severity SEVERITY]`.

Writes the rule's file, two cases in `fixtures/err`, and the table. The skeleton runs, finds nothing, and says
`FILL IN` wherever a person has something to say, which the contract's tests refuse (`tests/rules/test_contract.py`).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from policyeval.diagnostics.severity import Severity
from policyeval.errors import PolicyevalError
from policyeval.reading import write_whole
from policyeval.rules import listing
from policyeval.rules.table import BY_NAME

Scope = Literal["statement", "policy", "account"]
PLACEHOLDER: Final = "FILL IN"
ROOT = listing.DIRECTORY.parent.parent

_POLICY = """{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
}
"""
_ACCOUNT = """account: "123456789012"
users:
  alice: {}
"""
# `listing` takes a module with a line that begins with `RULE` for a rule.
_MODULE = '''"""@FILL@: what the rule finds, in one sentence.

## What it does
@FILL@: what it reports, and what it leaves alone.

## Why is this bad?
@FILL@: what happens to the people who hold the policy, or to those who do not.

## Example
```@LANGUAGE@
@EXAMPLE@```

## Use instead
```@LANGUAGE@
@EXAMPLE@```

## References
- [@FILL@](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html)
"""

from __future__ import annotations

from collections.abc import Iterator

@IMPORTS@

def check(@SCOPE@: @TYPE@, context: @CONTEXT@) -> Iterator[Remark]:
    for @EACH@:
        if @WORD@ == "@FILL@":
            yield Remark(
                f"@FILL@: the fact, about `{@WORD@}`",
                @WHERE@,
                label="@FILL@: what is wrong at this very place",
                help="@FILL@: what to do",
            )


@RULE@ = Rule("@NAME@", Severity.@SEVERITY@, @SCOPE@=check)
'''
_POLICY_IMPORTS = """from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import @TYPE@
from policyeval.rules.contract import Remark, Rule, RuleContext
"""
_ACCOUNT_IMPORTS = """from policyeval.account.account import Account
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of
from policyeval.rules.contract import AccountContext, Remark, Rule
"""


class _Look(NamedTuple):
    """How a rule of a scope looks: at each of what, at which word of it, and where that stands."""

    type: str
    each: str
    word: str
    where: str


_LOOKS: Mapping[Scope, _Look] = {
    "statement": _Look("Statement", "entry in statement.actions or ()", "entry.text", "Where(entry.pointer)"),
    "policy": _Look("Policy", "statement in policy", "statement.sid", "Where(statement.pointer)"),
    "account": _Look("Account", "user in account.users.values()", "user.name", "place_of(user)"),
}


class ScaffoldError(PolicyevalError):
    """No skeleton can be written under this name, or here."""


def scaffold(name: str, scope: Scope, severity: Severity, root: Path = ROOT) -> list[Path]:
    """Write the skeleton of a rule into a checkout; returns the files that it wrote, without the table.

    Raises `ScaffoldError` for a name that is not kebab-case, one that is taken, and a root that is no checkout.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ScaffoldError(f"`{name}` is no name of a rule", help="lower case with hyphens, as `empty-group`")
    if name in BY_NAME:
        raise ScaffoldError(f"there is a rule `{name}`", help=f"read `policyeval explain {name}`")
    module = root / "policyeval" / "rules" / f"{name.replace('-', '_')}.py"
    cases = root / "fixtures" / "err" / name
    if not cases.parent.is_dir():
        raise ScaffoldError("there is no `fixtures/err` to write cases to", help="rules are written in a checkout")
    if module.exists():
        raise ScaffoldError(f"`{module.name}` exists and holds no rule of the table", help="choose another name")
    example = _ACCOUNT if scope == "account" else _POLICY
    files = {module: _module_text(name, scope, severity, example)}
    for case in ("first", "second"):
        files[cases / case / "account.yaml" if scope == "account" else cases / f"{case}.json"] = example
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    return list(files)


def _module_text(name: str, scope: Scope, severity: Severity, example: str) -> str:
    look, is_account = _LOOKS[scope], scope == "account"
    words = {
        "IMPORTS": _ACCOUNT_IMPORTS if is_account else _POLICY_IMPORTS,
        "LANGUAGE": "yaml" if is_account else "json",
        "EXAMPLE": example,
        "CONTEXT": "AccountContext" if is_account else "RuleContext",
        "TYPE": look.type,
        "EACH": look.each,
        "WORD": look.word,
        "WHERE": look.where,
        "NAME": name,
        "SEVERITY": severity.name,
        "SCOPE": scope,
        "FILL": PLACEHOLDER,
        "RULE": "RULE",
    }
    text = _MODULE
    for mark, word in words.items():
        text = text.replace(f"@{mark}@", word)
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a skeleton and the table, and say what comes next."""
    parser = argparse.ArgumentParser(prog="python -m policyeval.rules.scaffold", description="Begin a new rule.")
    parser.add_argument("name", metavar="NAME", help="states the bad thing, in kebab-case, as `empty-group`")
    parser.add_argument("--scope", choices=get_args(Scope), default="statement", help="what the rule looks at")
    parser.add_argument(
        "--severity", choices=[each.value for each in Severity], default=Severity.WARNING.value, help="how grave it is"
    )
    asked = parser.parse_args(arguments)
    try:
        written = scaffold(asked.name, asked.scope, Severity(asked.severity))
    except PolicyevalError as error:
        sys.exit(f"error: {error}")
    for path in written:
        print(f"wrote {path.relative_to(ROOT)}")
    listing.main()
    print(f"next: write what `{PLACEHOLDER}` asks for, then `./test -k {asked.name}`; see CONTRIBUTING.md")


if __name__ == "__main__":
    main()
