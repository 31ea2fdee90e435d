"""An error that a user can cause, drawn."""

from __future__ import annotations

from policyeval.diagnostics.excerpt import Mark, draw
from policyeval.diagnostics.style import Style, clean
from policyeval.diagnostics.wrapping import wrap
from policyeval.errors import PolicyError, PolicyevalError


def draw_failure(error: PolicyevalError, style: Style) -> list[str]:
    """The lines that tell a person what is wrong, where, and what to do."""
    code = f"[{error.rule}]" if isinstance(error, PolicyError) else ""
    lines = [f"{style.paint(f'error{code}', 'error')}: {clean(error.message)}"]
    if error.source is not None and error.span is not None:
        lines.extend(draw(error.source, [Mark(error.span)], style))
        indent = " " * (len(str(error.source.position(error.span.start).line)) + 1)
    else:
        indent = "  "
        if error.name is not None and f"`{clean(error.name)}`" not in lines[0]:
            lines.append(f" {style.paint('-->', 'gutter')} {clean(error.name)}")
    if error.help is not None:
        lines.extend(labelled("help", error.help, indent, style))
    return lines


def labelled(label: str, text: str, indent: str, style: Style) -> list[str]:
    """`= note: …`, wrapped to the width with its continuation under its beginning."""
    head = f"{indent}= {label}: "
    rows = wrap(clean(text), max(style.width - len(head), 24))
    mark = f"{indent}{style.paint('=', 'gutter')} {style.paint(label, 'bold')}: "
    return [mark + rows[0], *(" " * len(head) + row for row in rows[1:])]
