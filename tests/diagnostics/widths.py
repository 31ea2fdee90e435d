"""How wide findings are drawn: never wider than the terminal, with colour or without."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.render.full import render_finding
from policyeval.diagnostics.style import Style, text_width

WIDTHS = (60, 80, 120)
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


def visible(line: str) -> str:
    """What a terminal shows of a line."""
    return _ESCAPE.sub("", line)


def assert_within_the_width(findings: Sequence[Finding]) -> None:
    """Every line fits, except the path of a file, which is to be copied and followed, and a name of a rule too long.

    Colour and links change nothing that is seen.
    """
    for finding in findings:
        head = f"{finding.severity.value}[{finding.rule}]:"
        for width in WIDTHS:
            plain = render_finding(finding, Style(width=width))
            wide = [line for line in plain if text_width(line) > width]
            assert all(" --> " in line or line == head for line in wide), "\n".join(wide)
            coloured = render_finding(finding, Style(True, width, hyperlinks=True), link="https://example.com/manual")
            assert [visible(line) for line in coloured] == plain
