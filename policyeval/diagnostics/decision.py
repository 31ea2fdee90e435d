"""A decision, told to a person: who may what, which layer said so, the statement drawn in its file.

A denial shows, in this order: what denied; the layers that would also have denied; the nearest misses, each with the
clause that failed and what the request had; the missing context keys that could change the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyeval.diagnostics.excerpt import Mark, draw
from policyeval.diagnostics.failure import labelled
from policyeval.diagnostics.style import Role, Style, clean, text_width
from policyeval.diagnostics.wrapping import wrap, wrapped
from policyeval.evaluation.trace import Clause, Decision, Layer, LayerResult, Result, StatementMatch
from policyeval.locating import locate

INDENT = "   "
_SPELLED_KEYS = 3
"""How many missing keys are spelled as options."""
HEADINGS = {
    Decision.ALLOWED: "ALLOWED",
    Decision.IMPLICIT_DENY: "IMPLICIT DENY",
    Decision.EXPLICIT_DENY: "EXPLICIT DENY",
}


def render_result(result: Result, style: Style, *, who: str | None = None, trace: bool = False) -> list[str]:
    """The whole answer. `who` is the caller as the user named it."""
    lines = [*headline(result, style, who), ""]
    lines.extend(_layer_table(result, style))
    if result.decision is Decision.IMPLICIT_DENY:
        lines.extend(_why_nothing_allows(result, style))
    else:
        lines.extend(_deciding(result, style))
    said = [("note", note) for note in _missing(result)]
    said += [("uncertain", doubt) for doubt in _uncertain(result)]
    said += [("note", note) for note in result.notes]
    lines.extend(line for label, text in said for line in labelled(label, text, INDENT, style))
    if trace:
        lines.extend(_trace(result, style))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def headline(result: Result, style: Style, who: str | None = None) -> list[str]:
    """`EXPLICIT DENY  bob may not iam:CreateUser on …`; the resource on a line of its own where it would not fit."""
    request = result.request
    heading = HEADINGS[result.decision]
    verb = "may" if result.allowed else "may not"
    said = clean(f"{who or request.principal.display} {verb} {request.action}")
    where = "" if request.resource.arn == "*" else clean(f"on {request.resource.arn}")
    painted = style.paint(heading, "good" if result.allowed else "error")
    one_line = f"{painted}  {said} {where}".rstrip()
    if text_width(f"{heading}  {said} {where}") <= style.width:
        return [one_line]
    return [f"{painted}  {said}", f"{' ' * len(heading)}  {where}".rstrip()]


def concise(result: Result, who: str | None = None) -> str:
    """One line without decoration: decision, caller, action, resource, and what decided."""
    request = result.request
    words = [result.decision.value, who or request.principal.display, request.action, request.resource.arn]
    if result.deciding:
        words.append(source_of(result.deciding[0]))
    elif result.reason is not None:
        words.append("root needs no policy" if result.allowed else result.reason.title)
    return clean("  ".join(words))


def asides(result: Result) -> Iterator[str]:
    """What else a person should know of a decision, a line each, for where it is told in one."""
    notes = [*_missing(result), *result.notes]
    yield from (clean(f"note: {note}") for note in notes)
    yield from (clean(f"uncertain: {doubt}") for doubt in _uncertain(result))


def source_of(match: StatementMatch) -> str:
    """`DenyAwsPortalIam in power-user.json (group PowerUsers)`."""
    origin = f" ({match.origin})" if match.origin else ""
    return f"{match.statement.label} in {match.policy.name}{origin}"


# ---- the layers


def _layer_table(result: Result, style: Style) -> list[str]:
    rows = [(_layer_title(layer), layer, _layer_words(layer, result)) for layer in result.layers]
    levels = [layer for layer in result.layers if layer.layer is Layer.SCP and layer.applies]
    if len(levels) > 1 and all(layer.decision is Decision.ALLOWED for layer in levels):
        others = [row for row in rows if row[1] not in levels]
        rows = [(Layer.SCP.title, levels[0], f"at each of {len(levels)} levels"), *others]
    if result.reason is None or not rows:
        return [*wrapped(_special(result), "  ", style), ""]
    width = max(len(title) for title, _, _ in rows)
    lines = []
    for title, layer, words in rows:
        word = layer.decision.value if layer.applies else "not consulted"
        role: Role = "good" if layer.decision is Decision.ALLOWED else "error"
        head = f"  {title:<{width}}  "
        painted = style.paint(word, role) if layer.applies else word
        said = clean(words)
        if said and text_width(head) + 15 + text_width(said) <= style.width:
            lines.append(f"{head}{painted}{' ' * (13 - len(word))}  {said}")
        else:
            lines.append(f"{head}{painted}")
            lines.extend(wrapped(words, "    ", style) if words else ())
    return [*lines, ""]


def _layer_title(layer: LayerResult) -> str:
    return layer.layer.title if layer.level is None else f"{layer.layer.title}, level {layer.level + 1}"


def _layer_words(layer: LayerResult, result: Result) -> str:
    """What made a layer decide as it did."""
    effect = {Decision.EXPLICIT_DENY: "Deny", Decision.ALLOWED: "Allow"}.get(layer.decision)
    matches = [
        match
        for match in result.matched
        if match.layer is layer.layer and match.level == layer.level and match.statement.effect == effect
    ]
    words = layer.reason or ""
    if matches:
        more = f" and {len(matches) - 1} more" if len(matches) > 1 else ""
        words = f"{source_of(matches[0])}{more}" + (f"; {words}" if words else "")
    elif layer.applies and not words:
        words = "no statement allows it" if layer.decision is Decision.IMPLICIT_DENY else ""
    return words


def _special(result: Result) -> str:
    if result.allowed and result.reason is not None:
        return "The root user has full access in its own account and needs no policy."
    if result.allowed:
        return "AWS allows this action to every caller; no policy can deny it."
    return "Caller and resource are in different partitions, between which nothing is allowed."


# ---- what decided


def _deciding(result: Result, style: Style) -> list[str]:
    lines: list[str] = []
    for match in result.deciding[:2]:
        lines.extend(draw_match(match, style))
    if len(result.deciding) > 2:
        lines.extend(wrapped(f"and {len(result.deciding) - 2} more statements, with `--trace`", "  ", style))
        lines.append("")
    if result.decision is Decision.EXPLICIT_DENY:
        lines.extend(labelled("note", "an explicit deny in any policy overrides every allow", INDENT, style))
        also = [layer.layer.title for layer in result.layers if _also_denies(layer, result)]
        if also:
            titles = ", ".join(dict.fromkeys(also))
            lines.extend(labelled("note", f"without it the request would be denied by: {titles}", INDENT, style))
    return lines


def _also_denies(layer: LayerResult, result: Result) -> bool:
    return layer.applies and layer.decision is Decision.IMPLICIT_DENY and layer.layer is not Layer.RESOURCE


def draw_match(match: StatementMatch, style: Style) -> list[str]:
    """A statement in its file: the effect, and every clause with the entry that decided."""
    source = match.policy.source
    if source is None:
        return [*wrapped(f"{source_of(match)}: {_clause_summary(match.clauses)}", "  ", style), ""]
    tree = locate(source)
    marks = {}
    effect = match.statement.element("Effect")
    if match.matched:
        word = "allowed" if match.statement.effect == "Allow" else "denied"
        marks[tree.find(effect)] = Mark(tree.find(effect), f"so the request is {word}", primary=False)
    for clause in _telling(match.clauses):
        span = tree.find(clause.pointer)
        said = describe_clause(clause)
        if match.layer is Layer.SETTINGS and not clause.matched:
            said = f"keeps everybody but root from `{clause.actual}`"
        is_primary = clause.matched == match.matched
        if span not in marks or not marks[span].primary:
            marks[span] = Mark(span, said, primary=is_primary)
    return draw(source, list(marks.values()), style)


def _telling(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses worth drawing: a lone `*` that matched says nothing, unless nothing else does."""
    telling = [clause for clause in clauses if not (clause.matched and clause.entry == "*")]
    return telling or list(clauses)


def describe_clause(clause: Clause) -> str:
    """What one clause did, in a few words."""
    if clause.element == "Condition":
        return _describe_condition(clause)
    if clause.reason is not None and not clause.matched and clause.key is None:
        return clause.reason
    actual = f"`{clause.actual}`"
    if clause.element.startswith("Not"):
        return f"does not list {actual}" if clause.matched else f"lists {actual}"
    stands = f" (`{clause.resolved}` here)" if clause.resolved else ""
    if clause.matched:
        return f"matches {actual}"
    if clause.reason is not None:
        return f"matches nothing: {clause.reason}"
    if clause.entry is None:
        return f"none of these matches {actual}"
    return f"does not match {actual}{stands}"


def _describe_condition(clause: Clause) -> str:
    state = "holds" if clause.matched else "does not hold"
    if clause.actual is None:
        return f"{state}: `{clause.key}` is not in the request"
    has = f"the request has `{clause.actual}`"
    return f"{state}: {clause.reason}; {has}" if clause.reason else f"{state}: {has}"


def _clause_summary(clauses: Sequence[Clause]) -> str:
    return "; ".join(f"{clause.key or clause.element} {describe_clause(clause)}" for clause in clauses)


# ---- why nothing allows


def _why_nothing_allows(result: Result, style: Style) -> list[str]:
    lines: list[str] = []
    blocking = [layer.layer.title for layer in result.layers if layer.blocks]
    if len(blocking) > 1 and result.reason is not None:
        others = ", ".join(title for title in dict.fromkeys(blocking) if title != result.reason.title)
        if others:
            lines.extend(wrapped(f"{result.reason.title} decided; these deny as well: {others}", "  ", style))
            lines.append("")
    for index, miss in enumerate(result.nearest_misses):
        label = "nearest miss" if index == 0 else "next nearest"
        where = source_of(miss)
        if miss.layer is Layer.SETTINGS:
            label, where = "account setting", f"{miss.statement.label} in {miss.policy.name}"
        first, *rows = wrapped(f"{label}: {where}", "", style, hanging="  ")
        lines.extend([style.paint(label, "bold") + first.removeprefix(label), *rows])
        lines.extend(draw_match(miss, style))
    return lines


def _missing(result: Result) -> Iterator[str]:
    keys = [missing.key for missing in result.missing_context if missing.could_change]
    if keys:
        listed = ", ".join(f"`{key}`" for key in keys)
        verb = "is" if len(keys) == 1 else "are"
        yield f"{listed} {verb} not in the request and could change the answer: {context_options(keys)}"


def context_options(keys: Sequence[str]) -> str:
    """How to give missing keys.

    >>> context_options(["aws:SourceIp", "s3:prefix"])
    '`--context aws:SourceIp=VALUE --context s3:prefix=VALUE`'
    """
    if len(keys) > _SPELLED_KEYS:
        return "`--context KEY=VALUE` for each"
    return f"`{' '.join(f'--context {key}=VALUE' for key in keys)}`"


def _uncertain(result: Result) -> Iterator[str]:
    for uncertainty in result.uncertain:
        dispute = uncertainty.dispute
        yield (
            f"[{dispute.rule}] {dispute.question}? Sources disagree. Here: {dispute.taken}. "
            f"If {dispute.other}, the decision is {uncertainty.other_decision.value}"
        )


def _trace(result: Result, style: Style) -> Iterator[str]:
    yield ""
    count = len(result.considered)
    yield style.paint(f"{count} statement{'' if count == 1 else 's'} considered", "bold")
    for match in result.considered:
        verdict = f"{match.statement.effect} applies" if match.matched else "does not apply"
        yield from wrapped(f"{match.layer.title}: {source_of(match)}", "  ", style, hanging="    ")
        for clause in match.clauses:
            sign = style.paint("+", "good") if clause.matched else style.paint("-", "error")
            name = clause.key or clause.element
            first, *rows = wrap(clean(f"{name} {describe_clause(clause)}"), style.width - 6)
            yield f"    {sign} {first}"
            yield from (f"      {row}" for row in rows)
        yield f"    = {verdict}"
