"""A rule's manual: its module's docstring, taken apart.

The form is Markdown. The first line says in one sentence what the rule finds; then come the sections of `SECTIONS`,
each under a heading of the second level. Examples are fenced blocks of `json` (of an account rule: `yaml`). After the
language a fence may name the kind of policy that the example is (`trust`, `scp`, …; else it is inferred as `check`
does) and `account=123456789012`, the account id that is configured.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from policyeval.diagnostics.rule_info import RuleInfo
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule
from policyeval.rules.table import BY_NAME

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "Fix safety", "References")
OPTIONAL_SECTIONS = frozenset({"Fix safety"})
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A document of a manual, and what has to be known to check it."""

    language: str
    text: str
    kind: PolicyKind | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Manual:
    """`summary` is one sentence; `sections` maps a heading to its text, in order; `text` is all of it as Markdown."""

    summary: str
    sections: Mapping[str, str]
    text: str

    @property
    def examples(self) -> tuple[Example, ...]:
        """The documents in which the rule finds something."""
        return tuple(_examples(self.sections.get("Example", "")))

    @property
    def remedies(self) -> tuple[Example, ...]:
        """The documents that say it well."""
        return tuple(_examples(self.sections.get("Use instead", "")))


@cache
def read_manual(rule: Rule) -> Manual:
    """The manual of a rule. Raises `ValueError` when the rule's module has no docstring."""
    module = import_module(f"policyeval.rules.{rule.module_name}")
    if not module.__doc__:
        raise ValueError(f"{module.__name__} has no docstring")
    return parse_manual(module.__doc__)


def parse_manual(docstring: str) -> Manual:
    """Take a docstring apart; text between the summary and the first heading belongs to the first section."""
    text = inspect.cleandoc(docstring)
    pieces = _HEADING.split(text)
    summary = pieces[0].strip()
    return Manual(
        summary,
        {name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)},
        text,
    )


def _examples(section: str) -> Iterator[Example]:
    for language, words, text in _FENCE.findall(section):
        kind, account = None, None
        for word in words.split():
            key, _, value = word.partition("=")
            if key == "account":
                account = value
            else:
                kind = PolicyKind(word)
        yield Example(language, text, kind, account)


_LINK = re.compile(r"\[[^\]]*\]\((https://[^)\s]+)\)")


@cache
def describe(name: str) -> RuleInfo:
    """A rule as reports show it, its link being Access Analyzer's page where it has one; raises `KeyError`."""
    rule = BY_NAME[name]
    manual = read_manual(rule)
    links = _LINK.findall(manual.sections.get("References", ""))
    link = next((link for link in links if "access-analyzer-reference-policy-checks" in link), links[0])
    return RuleInfo(name, rule.severity, manual.summary, manual.text, link, rule.pedantic)
