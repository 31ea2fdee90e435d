"""What a change of policies gives and takes, told to a person: each part with the statement that causes it, drawn in
its file, and one request that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.excerpt import Mark, draw
from policyeval.diagnostics.failure import labelled
from policyeval.diagnostics.style import Style, clean
from policyeval.evaluation.request import ContextValue, Request
from policyeval.locating import locate
from policyeval.proof.difference import (
    action_names,
    action_text,
    conditions_of,
    except_texts,
    letters_of,
    spot_text,
)
from policyeval.proof.outcome import Access
from policyeval.proof.term import Term, action_glob

INDENT = "   "
_MOST_SHOWN = 12


def draw_access(access: Access, style: Style, *, word: str) -> Iterator[str]:
    """One part of a change: what, where, when, why, and an example; `word` is "newly allowed" or the like."""
    yield f"  {_actions_line(access)}"
    letters = letters_of(access)
    for at, text in enumerate(_shortened([spot_text(spot, letters) for spot in access.spots])):
        yield f"    {'on' if at == 0 else '  '} {clean(text)}"
    for text in conditions_of(access):
        yield f"    when {clean(text)}"
    left_out = _shortened(except_texts(access))
    if left_out:
        yield f"    except {clean(', '.join(left_out))}"
    yield ""
    cause = access.allowing[-1] if access.allowing else access.lifted
    if cause is not None:
        yield from _draw_cause(cause, access, word, style)
    if access.lifted is not None:
        yield from _draw_lifted(access.lifted, style)
    yield from labelled("example", describe_request(access.counterexample.request), INDENT, style)


def _actions_line(access: Access) -> str:
    """The actions as AWS names them where they are few, else the patterns and how many actions they stand for."""
    patterns = [action_text(action) for action in access.actions]
    names = action_names(access)
    if names and len(names) <= _MOST_SHOWN and set(patterns) != set(names):
        return clean(", ".join(names))
    text = ", ".join(_shortened(patterns))
    if set(patterns) <= set(names) or not names:
        return clean(text)
    return clean(f"{text} ({len(names)} actions today, such as {names[0]})")


def _shortened(texts: list[str]) -> list[str]:
    return texts if len(texts) <= _MOST_SHOWN else [*texts[:_MOST_SHOWN], f"and {len(texts) - _MOST_SHOWN} more"]


def _draw_cause(term: Term, access: Access, word: str, style: Style) -> Iterator[str]:
    """The statement that allows it, with the entries that name the actions underlined."""
    source = term.policy.source
    if source is None:
        yield f"  {clean(f'{term.label} in {term.policy.name}')}"
        return
    tree = locate(source)
    wanted = set(access.actions)
    pointers = [entry.pointer for entry in term.statement.actions or () if action_glob(entry.text) in wanted][
        :_MOST_SHOWN
    ]
    if not pointers:
        name = "Action" if term.statement.actions is not None else "NotAction"
        pointers = [term.statement.element(name)]
    marks = {tree.find(pointer): Mark(tree.find(pointer), word) for pointer in pointers}
    effect = tree.find(term.statement.element("Effect"))
    marks.setdefault(effect, Mark(effect, f"in {term.label}", primary=False))
    yield from draw(source, list(marks.values()), style)


def _draw_lifted(term: Term, style: Style) -> Iterator[str]:
    """The Deny of the other side that stood in the way."""
    said = "this denied it on the other side"
    source = term.policy.source
    if source is None:
        yield f"  {clean(f'{term.label} in {term.policy.name}: {said}')}"
        return
    span = locate(source).find(term.statement.element("Effect"))
    yield from draw(source, [Mark(span, said)], style)


def describe_request(request: Request) -> str:
    """`arn:aws:iam::111122223333:user/alice may s3:GetObject on arn:aws:s3:::b/k with aws:SourceIp=203.0.113.5`."""
    parts = [f"{request.principal.display} may {request.action} on {request.resource.arn}"]
    given = [f"{key}={_value_text(value)}" for key, value in request.context.items() if value != []]
    lacking = [key for key, value in request.context.items() if value == []]
    if given:
        parts.append("with " + ", ".join(given))
    if lacking:
        parts.append("without " + ", ".join(lacking))
    return " ".join(parts)


def _value_text(value: ContextValue) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)
