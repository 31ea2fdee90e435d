"""One policy document, checked: every rule asked, one finding for a cause, each with the text that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.linter.selection import Selection
from policyeval.linter.silence import Raised, unsilenced
from policyeval.policy.api_gateway import as_written
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, examine
from policyeval.policy.model import Policy
from policyeval.policy.problems import Problem
from policyeval.rules.contract import NO_OPTIONS, Remark, Rule, RuleContext, RuleOptions, StatementCheck
from policyeval.rules.table import BY_NAME
from policyeval.rules.topics import topics_of, topics_of_document
from policyeval.source import Pointer, child, pointer_tokens


@dataclass(frozen=True, slots=True)
class Usage:
    """How a document is used: as which kind of policy, on what (an ARN), and who it is attached to in words."""

    kind: PolicyKind
    resource: str | None = None
    attached: tuple[str, ...] = ()


def check_document(
    document: Document, usage: Usage, selection: Selection, options: RuleOptions = NO_OPTIONS
) -> list[Finding]:
    """The findings in a policy document, in no particular order; suppression is not looked at.

    Raises `LimitError` as `examine` does.
    """
    policy, problems = examine(document, usage.kind, document.source.name)
    raised = [_of_problem(problem, policy) for problem in problems if problem.rule in BY_NAME]
    rules = [rule for rule in selection.rules_for(usage.kind) if not (problems and rule.needs_valid_policy)]
    raised.extend(_ask(policy, rules, RuleContext(policy, options, usage.resource)))
    shown = [each for each in unsilenced(raised) if selection.shows(each.rule.name)]
    remarks = [(each.rule, _without_promise(each.remark) if problems else each.remark) for each in shown]
    return [finding_of(rule, remark, document, usage.attached) for rule, remark in remarks]


def _without_promise(remark: Remark) -> Remark:
    """A remark on a policy that AWS would refuse: what such a policy allows is not known, so no fix of it is safe."""
    return remark if remark.fix is None else replace(remark, fix=replace(remark.fix, safe=False))


def _ask(policy: Policy, rules: list[Rule], context: RuleContext) -> Iterator[Raised]:
    of_document = topics_of_document(policy)
    topics = [topics_of(statement) | of_document for statement in policy]
    all_topics = of_document
    for each in topics:
        all_topics |= each
    heard = [rule for rule in rules if not rule.about or rule.about.value & all_topics]
    by_topics: dict[int, list[tuple[Rule, StatementCheck]]] = {}
    # Statement by statement: what one rule has worked out of a statement the next one finds in its caches.
    for statement, held in zip(policy.statements, topics, strict=True):
        checks = by_topics.get(held)
        if checks is None:
            checks = by_topics[held] = [
                (rule, rule.statement)
                for rule in heard
                if rule.statement is not None and (not rule.about or rule.about.value & held)
            ]
        for rule, check in checks:
            for remark in check(statement, context):
                yield Raised(rule, remark, statement.pointer)
    for rule in heard:
        if rule.policy is not None:
            for remark in rule.policy(policy, context):
                yield Raised(rule, remark, statement_of(policy, remark.where.pointer))


def _of_problem(problem: Problem, policy: Policy) -> Raised:
    """A reader's problem as a remark. AWS would refuse the document, so it is an error whatever the rule's own is."""
    remark = Remark(
        problem.message,
        Where(problem.pointer, on_key=problem.on_key, within=problem.within),
        help=problem.help,
        severity=Severity.ERROR,
    )
    return Raised(BY_NAME[problem.rule], remark, statement_of(policy, problem.pointer), by_reader=True)


def statement_of(policy: Policy, pointer: Pointer) -> Pointer | None:
    """The pointer of the statement that a place is in; nothing for places outside of every statement."""
    root = child(policy.pointer, "Statement")
    if pointer != root and not pointer.startswith(f"{root}/"):
        return None
    rest = pointer[len(root) + 1 :].split("/", 1)[0]
    if rest.isdigit():
        return f"{root}/{rest}"
    return root if len(policy.statements) == 1 and policy.statements[0].pointer == root else None


def finding_of(rule: Rule, remark: Remark, document: Document, attached: tuple[str, ...] = ()) -> Finding:
    """A remark together with its text."""
    sid = _sid(document, remark.where.pointer)
    fix = _fix_as_written(remark.fix)
    # Only a JSON text of its own is edited.
    withheld = fix is not None and (document.source.holder is not None or document.source.is_yaml)
    return Finding(
        rule=rule.name,
        severity=remark.severity or rule.severity,
        message=as_written(remark.message),
        source=document.source,
        labels=(Label(remark.where, as_written(remark.label), primary=True), *map(_label_as_written, remark.related)),
        notes=tuple(map(as_written, remark.notes)),
        help=as_written(remark.help) if remark.help is not None else None,
        fix=None if withheld else fix,
        withheld=fix if withheld else None,
        sid=sid,
        anchor=_anchor(document, remark.where, sid),
        attached=attached,
    )


def _label_as_written(label: Label) -> Label:
    text = as_written(label.text)
    return label if text == label.text else replace(label, text=text)


def _fix_as_written(fix: Fix | None) -> Fix | None:
    message = as_written(fix.message) if fix is not None else ""
    return fix if fix is None or message == fix.message else replace(fix, message=message)


def _sid(document: Document, pointer: Pointer) -> str | None:
    statement = _element(document, pointer, 1)
    if not isinstance(statement, Mapping):
        statement = _element(document, pointer, 2)
    sid = statement.get("Sid") if isinstance(statement, Mapping) else None
    return sid if isinstance(sid, str) else None


def _element(document: Document, pointer: Pointer, depth: int) -> object:
    """The value that `depth` tokens of a pointer below the document lead to."""
    tokens = pointer_tokens(pointer[len(document.pointer) :])
    if len(tokens) < depth or not pointer.startswith(document.pointer):
        return None
    return _value(document.value, tokens[:depth])


def _value(value: object, tokens: list[str]) -> object:
    for token in tokens:
        if isinstance(value, Mapping):
            value = value.get(token)
        elif isinstance(value, list | tuple) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def _anchor(document: Document, where: Where, sid: str | None) -> str:
    """A name for a place that survives edits elsewhere: the keys on the way without indexes, the Sid, the text there.

    A place that is an object or a list has no text; several findings of one anchor are told apart by their count.
    """
    tokens = pointer_tokens(where.pointer)
    path = "/".join(token for token in tokens if not token.isdigit())
    text = _value(document.value, pointer_tokens(where.pointer[len(document.pointer) :]))
    shown = text if isinstance(text, str) and not where.on_key else ""
    return f"{path}[{sid or ''}]={shown[:200]}"
