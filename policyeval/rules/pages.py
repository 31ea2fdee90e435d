"""The rules' pages in docs/rules, made from their manuals: `python -m policyeval.rules.pages [DIRECTORY]`.

They are made by the package because what they are made of is in it; a test holds the pages to what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from policyeval.diagnostics.severity import Severity
from policyeval.rules.access_analyzer import LEFT_OUT, every_code, rule_for
from policyeval.rules.contract import EVERY_KIND, Rule
from policyeval.rules.manual import read_manual
from policyeval.rules.table import ALL_RULES, BY_NAME
from policyeval.rules.wording import listed

DIRECTORY = Path("docs") / "rules"
_MADE = "<!-- made by `python -m policyeval.rules.pages` -->"


def make_pages() -> dict[str, str]:
    """The name and text of every page."""
    pages = {f"{rule.name}.md": _page(rule) for rule in ALL_RULES}
    pages["index.md"] = "\n".join(_index())
    return pages


def _page(rule: Rule) -> str:
    manual = read_manual(rule)
    facts = [rule.severity.singular]
    if rule.pedantic:
        facts.append("pedantic: off unless asked for")
    if rule.account is not None:
        facts.append("looks at accounts")
    elif rule.kinds != EVERY_KIND:
        names = sorted((kind.title.split(" ", 1)[1] for kind in rule.kinds), key=str.lower)
        facts.append(f"for {_one_of(names)}")
    return f"{_MADE}\n\n# {rule.name}\n\n*{'; '.join(facts)}*\n\n{manual.text}\n"


def _one_of(names: list[str]) -> str:
    """Policies of several kinds; the name of every kind ends in `y`."""
    return listed(f"{name[:-1]}ies" for name in names)


def _index() -> Iterator[str]:
    yield _MADE
    yield ""
    yield "# Rules"
    yield ""
    yield "What `policyeval check` looks for. The same texts are shown by `policyeval explain RULE`."
    for severity in Severity:
        rules = [rule for rule in ALL_RULES if rule.severity is severity]
        if not rules:
            continue
        yield ""
        yield f"## {severity.plural.capitalize()}"
        yield ""
        yield "| rule | what it finds |"
        yield "|---|---|"
        for rule in rules:
            pedantic = " *(pedantic)*" if rule.pedantic else ""
            yield f"| [{rule.name}]({rule.name}.md){pedantic} | {_cell(read_manual(rule).summary)} |"
    yield ""
    yield "## Access Analyzer's checks"
    yield ""
    codes = list(every_code())
    covered = [code for _, code in codes if rule_for(code, BY_NAME) is not None]
    yield f"`ValidatePolicy` has {len(codes)} issue codes. {len(covered)} have a rule here; none needs an AWS account."
    yield ""
    yield "| issue code | type | rule, or why there is none |"
    yield "|---|---|---|"
    for severity, code in codes:
        name = rule_for(code, BY_NAME)
        answer = f"[{name}]({name}.md)" if name is not None else LEFT_OUT.get(code, "not yet")
        yield f"| `{code}` | {severity.singular} | {_cell(answer)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(directory: Path = DIRECTORY) -> None:
    """Write the pages, and take away those of rules that are no more."""
    directory.mkdir(parents=True, exist_ok=True)
    pages = make_pages()
    for old in directory.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (directory / name).write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages in {directory}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
