"""What a change of policies gives and takes, told to a person.

Each part comes with the statement that causes it, drawn in its file, and one request that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyeval.answer.words import (
    MOST_SHOWN,
    actions_line,
    caller_texts,
    causes_of,
    condition_texts,
    exclusion_texts,
    keys_of,
    left_out_texts,
    resource_texts,
    shortened,
    unless_texts,
)
from policyeval.diagnostics.excerpt import Mark, draw
from policyeval.diagnostics.failure import labelled
from policyeval.diagnostics.style import Style
from policyeval.diagnostics.wrapping import wrapped
from policyeval.evaluation.context import derive
from policyeval.evaluation.request import ContextValue, Request
from policyeval.locating import locate
from policyeval.proof.outcome import Access
from policyeval.proof.term import BEFORE, Term, action_glob
from policyeval.source import Pointer

INDENT = "   "
GRANTED, GAINED, LOST = "granted", "newly allowed", "no longer allowed"


def draw_access(access: Access, style: Style, *, word: str) -> Iterator[str]:
    """One part of a change: what, where, to whom, when, why, and an example; `word` is one of those above."""
    for line in wrapped(actions_line(access), "  ", style, hanging="    "):
        yield style.paint(line, "bold")
    yield from _listed("on", resource_texts(access), style)
    yield from _listed("for", caller_texts(access), style)
    yield from _listed("when", condition_texts(access), style, again="and")
    for text in unless_texts(access):
        yield from _listed("unless", [text], style)
    left_out = shortened(left_out_texts(access))
    if left_out:
        yield from _listed("except", [", ".join(left_out)], style)
    for text in shortened(exclusion_texts(access)):
        yield from _listed("except", [text], style)
    yield ""
    causes = causes_of(access)
    if causes:
        yield from _draw_cause(causes[0], access, word, style)
    yield from _draw_other_side(access, word, style)
    for text in dict.fromkeys(f"{term.label} in {term.policy.name}" for term in causes[1:]):
        yield from labelled("let through by", text, INDENT, style)
    yield from labelled("example", describe_request(access.counterexample.request, keys_of(access)), INDENT, style)


def _listed(word: str, texts: Sequence[str], style: Style, *, again: str = "") -> Iterator[str]:
    """`on one`, and the others under it."""
    for at, text in enumerate(shortened(texts)):
        head = f"    {word if at == 0 else again.rjust(len(word))} "
        yield from wrapped(text, head, style, hanging=" " * len(head))


# ---- what causes it


def _draw_cause(term: Term, access: Access, word: str, style: Style) -> Iterator[str]:
    """The statement that allows it, with what makes the difference underlined: the entries that name the actions, or
    the values of a condition."""
    source = term.policy.source
    if source is None:
        yield from wrapped(f"{term.label} in {term.policy.name}", "  ", style, hanging="    ")
        return
    tree = locate(source)
    wider = [] if access.lifted is not None else _wider_values(term, access)
    marks = {span: Mark(span, word) for span in map(tree.find, wider or _action_pointers(term, access))}
    effect = tree.find(term.statement.element("Effect"))
    marks.setdefault(effect, Mark(effect, f"in {term.label}", primary=False))
    yield from draw(source, list(marks.values()), style)


def _action_pointers(term: Term, access: Access) -> list[Pointer]:
    wanted = set(access.actions)
    found = [entry.pointer for entry in term.statement.actions or () if action_glob(entry.text) in wanted]
    if found:
        return found[:MOST_SHOWN]
    return [term.statement.element("Action" if term.statement.actions is not None else "NotAction")]


def _wider_values(term: Term, access: Access) -> list[Pointer]:
    """The values of a statement's conditions that the other side does not have, or the conditions that hold them."""
    before: dict[str, set[str]] = {}
    for limit in access.limits:
        if len(limit.conditions) == 1:
            (one,) = limit.conditions
            before.setdefault(one.key.lower(), set()).update(entry.text for entry in one.values)
    found: list[Pointer] = []
    for condition in term.statement.conditions:
        known = before.get(condition.key.lower())
        if known is not None:
            new = [entry.pointer for entry in condition.values if entry.text not in known]
            found += new if not condition.operator.is_negated and new else [condition.pointer]
    return found[:MOST_SHOWN]


def _draw_other_side(access: Access, word: str, style: Style) -> Iterator[str]:
    """What of the other side stood in the way: a Deny, or a condition that this side does not have."""
    now = word == LOST
    if access.lifted is not None:
        yield from _draw_mark(access.lifted, "Effect", "denies this now" if now else "denied this before", style)
        return
    own = {condition.key.lower() for term in access.allowing for condition in term.statement.conditions}
    for limit in access.limits:
        dropped = [one for one in limit.conditions if one.pointer and one.key.lower() not in own]
        source = limit.cover.policy.source
        if limit.cover.statement.effect != "Allow" or not dropped or source is None:
            continue
        tree = locate(source)
        said = "is asked for now" if now else "was asked for before"
        yield from draw(source, [Mark(tree.find(one.pointer), said) for one in dropped], style)
        return


def _draw_mark(term: Term, element: str, said: str, style: Style) -> Iterator[str]:
    source = term.policy.source
    if source is None:
        yield from wrapped(f"{term.label} in {term.policy.name}: {said}", "  ", style, hanging="    ")
        return
    effect = locate(source).find(term.statement.element(element))
    yield from draw(source, [Mark(effect, f"{term.label} {said}" if term.statement.sid else said)], style)


# ---- a request


def describe_request(request: Request, keys: Sequence[str]) -> str:
    """`arn:aws:iam::111122223333:user/alice may s3:GetObject on arn:aws:s3:::b/k with aws:SourceIp=203.0.113.5`.

    The `keys` come first, in their order; those of them that the request lacks are named.
    """
    parts = [f"{request.principal.display} may {request.action} on {request.resource.arn}"]
    order = {key.lower(): at for at, key in enumerate(keys)}
    context = sorted(request.context.items(), key=lambda item: (order.get(item[0].lower(), len(order)), item[0]))
    given = [f"{key}={_value_text(value)}" for key, value in context if value != []]
    held = {key.lower() for key, value in request.context.items() if value != []}
    derived = {key.lower() for key in derive(request)} - {key.lower() for key in request.context}
    lacking = {key.lower(): key for key, value in context if value == []}
    asked = (key for key in keys if not key.startswith(BEFORE))
    lacking |= {key.lower(): key for key in asked if key.lower() not in held | derived}
    if given:
        parts.append("with " + ", ".join(given))
    if lacking:
        parts.append("without " + ", ".join(lacking.values()))
    return " ".join(parts)


def _value_text(value: ContextValue) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)
