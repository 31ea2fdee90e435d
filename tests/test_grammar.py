"""The grammars against tables of texts, and against the parsers of `policyeval/syntax` written by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark.exceptions import LarkError

from policyeval.errors import RequestError
from policyeval.grammar import grammar_text, parser
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.arn import parse_arn
from policyeval.syntax.operator import BASE_OPERATORS, parse_operator
from policyeval.syntax.variable import Escape, Variable, parse_template

LANGUAGES = ("json", "action", "arn", "variable", "operator")
TABLES = {
    name: json.loads((Path(__file__).parent / "grammars" / f"{name}.json").read_text(encoding="utf-8"))
    for name in LANGUAGES
}


def accepts(language: str, text: str) -> bool:
    try:
        parser(language).parse(text)
    except LarkError:
        return False
    return True


def rows(verdict: str) -> list[object]:
    return [
        pytest.param(language, text, id=f"{language}: {text!a}: {reason}")
        for language, table in TABLES.items()
        for text, reason in table[verdict]
    ]


@pytest.mark.parametrize(("language", "text"), rows("accepted"))
def test_accepts_what_is_well_formed(language: str, text: str) -> None:
    assert accepts(language, text)


@pytest.mark.parametrize(("language", "text"), rows("refused"))
def test_refuses_what_is_not(language: str, text: str) -> None:
    assert not accepts(language, text)


def test_a_parser_is_built_once() -> None:
    assert parser("json") is parser("json")


def test_every_grammar_has_a_table() -> None:
    folder = Path(__file__).parent.parent / "grammars"
    assert {path.stem for path in folder.glob("*.lark")} == set(LANGUAGES)


def test_a_language_without_a_grammar_is_said_by_name() -> None:
    with pytest.raises(FileNotFoundError, match="cobol"):
        grammar_text("cobol")


def test_importing_the_module_does_not_import_lark() -> None:
    code = "import policyeval.grammar, policyeval.jsontext, policyeval.reading, sys; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def texts(alphabet: str, *words: str) -> st.SearchStrategy[str]:
    """Texts of a language's own characters and words, so that a fair part is well-formed or nearly so."""
    return st.lists(st.sampled_from([*alphabet, *words]), max_size=12).map("".join)


@given(texts("*?:sG3-. ,>/_é\n", "s3", "Get", "*:*"))
def test_actions_are_what_the_parser_by_hand_takes(text: str) -> None:
    """A service's prefix, a colon, a name with wildcards; or everything (reference_policies_elements_action)."""
    assert accepts("action", text) == is_well_formed(text)


@given(texts("a:*/ \né", "arn:", "aws:", "::", "arn:aws:s3:::"))
def test_arns_are_what_the_parser_by_hand_takes(text: str) -> None:
    """Six segments between five colons, later colons in the resource (reference-arns)."""
    try:
        segments = parse_arn(text)
    except RequestError:
        assert not accepts("arn", text) or parser("arn").parse(text).children[0].data in ("short", "everything")  # type: ignore[union-attr]
    else:
        tree = parser("arn").parse(text).children[0]
        assert tree.data == "arn"  # type: ignore[union-attr]
        assert ["".join(part.children) for part in tree.children] == list(segments[1:])  # type: ignore[union-attr, arg-type]


@given(texts("${}*?a:, '\u00a0", "${", "aws:username", ", 'x'", "}"))
@example("$${*}")
@example("${${*}")
def test_variables_are_what_the_parser_by_hand_finds(text: str) -> None:
    """`${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}` (reference_policies_variables)."""
    parts = parse_template(text)
    assert accepts("variable", text) == all("${" not in part for part in parts if isinstance(part, str))
    if accepts("variable", text):
        found: list[object] = []
        for node in parser("variable").parse(text).children:
            if isinstance(node, str):
                found.append(str(node))
            elif node.data == "escape":
                found.append(Escape(str(node.children[0])))
            else:
                key, *default = map(str, node.children)
                found.append(Variable(key, default[0][3:-1] if default else None))
        assert tuple(found) == parts


@given(
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:", "ForSomeValues:"]),
    st.sampled_from([*BASE_OPERATORS, "", "String", "NumericLike"]),
    st.sampled_from(["", "IfExists", "IfExist", " "]),
    st.sampled_from([str, str.lower, str.upper, str.swapcase]),
)
def test_operators_are_what_the_parser_by_hand_takes(qualifier: str, base: str, suffix: str, spell: type[str]) -> None:
    """`ForAllValues:` or `ForAnyValue:`, an operator, `IfExists` (reference_policies_elements_condition_operators)."""
    text = spell(qualifier + base + suffix)
    assert accepts("operator", text) == (parse_operator(text) is not None)
