"""What is said of an access in JSON, read back from its words and judged by the evaluator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.principals import judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Request
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, PrincipalEntry, Statement
from policyeval.syntax.operator import parse_operator

_EXCEPT = re.compile(r"(?P<what>.*?)(?: on (?P<where>.*?))?(?: ?for (?P<whom>.*?))?(?: when (?P<when>.*))?")


def holds(part: dict[str, Any], of: Policy, request: Request) -> bool:
    """Whether a request is in a part of an answer about policies like the given one."""
    said = _Said(of, request)
    return (
        said.actions(part["actions"])
        and said.resources(part["resources"])
        and said.callers(part["principals"])
        and all(map(said.condition, part["conditions"]))
        and not any(all(map(said.condition, text.split(" and "))) for text in part["unless"])
        and not any(map(said.is_left_out, part["except"]))
    )


class _Said:
    """One request, and whether it is among what texts speak of."""

    def __init__(self, of: Policy, request: Request) -> None:
        self.of = of
        self.request = request
        self.context = Context.of(request)
        self.matcher = StatementMatcher(request, self.context, Reading(), has_boundary=False)

    def is_left_out(self, text: str) -> bool:
        found = _EXCEPT.fullmatch(text)
        assert found is not None, text
        what, where = found["what"], found["where"]
        if what.removeprefix("everything but ").startswith("arn:"):
            what, where = "", what
        return (
            (not what or self.but(self.actions, what))
            and (not where or self.but(self.resources, where))
            and (not found["whom"] or self.but(self.callers, found["whom"]))
            and (not found["when"] or all(map(self.condition, found["when"].split(" and "))))
        )

    def but(self, speaks: Any, text: str) -> bool:
        """Whether a list in one text, or everything but that, speaks of the request."""
        listed = re.sub("^every(thing|one) but ", "", text)
        return bool(speaks(list(_listed(listed)))) is (listed == text)

    def actions(self, texts: Sequence[str]) -> bool:
        statement = Statement(0, "", "Allow", actions=tuple(Entry(text, "") for text in texts))
        return self.matcher.judge_action(statement, self.of.kind).matched

    def resources(self, texts: Sequence[str]) -> bool:
        statement = Statement(0, "", "Allow", resources=tuple(Entry(text, "") for text in texts))
        clause = self.matcher.judge_resource(self.of, statement)
        return clause is not None and clause.matched

    def callers(self, texts: Sequence[str]) -> bool:
        if not texts:
            return True
        if texts[0].startswith("everyone but "):
            return self.but(self.callers, texts[0])
        statement = Statement(0, "", "Allow", principals=tuple(map(_principal, texts)))
        is_trust = self.of.kind is PolicyKind.TRUST
        caller = self.request.principal
        return judge_principal(statement, caller, Reading(), has_boundary=False, is_trust=is_trust)[0].matched

    def condition(self, text: str) -> bool:
        condition = _condition(text)
        return judge_condition(condition, self.context, Reading(), has_variables=True, is_allow=True).matched


def _listed(text: str) -> Iterator[str]:
    """The texts of a list; a variable's default has a comma too."""
    held = ""
    for part in text.split(", "):
        held = f"{held}, {part}" if held else part
        if held.count("${") == held.count("}"):
            yield held
            held = ""


def _principal(text: str) -> PrincipalEntry:
    kind = "Service" if text.endswith(".amazonaws.com") else "Federated" if ".google." in text else "AWS"
    return PrincipalEntry(kind, "*" if text == "anyone" else text, "")


def _condition(text: str) -> Condition:
    """`aws:RequestedRegion StringEquals eu-west-1, eu-north-1` or `aws:username is missing` read back."""
    key, operator, values = text.split(" ", 2)
    if operator == "is":
        operator, values = "Null", str(values == "missing").lower()
    parsed = parse_operator(operator)
    assert parsed is not None, text
    listed = [""] if values == "(nothing)" else values.split(", ")
    return Condition(parsed, key, tuple(Entry(one, "") for one in listed), "")
