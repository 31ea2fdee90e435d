"""The mutants of a module: its text with one thing changed, each a fault that some case or test should notice.

mutmut knows what to change; two operators are added, since `if` and the conditions of comprehensions are where a
decision forks. mutmut's own runner is not used: it passes over decorated functions and everything outside of functions,
which here are the readers of numbers and dates and the table of operators, and its mutants find the caches filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import libcst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_assignment, operator_string

NO_BEHAVIOUR = (libcst.Annotation, libcst.Decorator, libcst.Import, libcst.ImportFrom, libcst.Assert)
"""What is not mutated, with all that is in it: types, caches and slots, names of modules, what mypy is told."""
NO_MATCH_ARGUMENTS = (libcst.Raise,)
"""A message is one sentence for people, and tests of the messages hold it."""
ONE_STRING = 1
"""Of a text only the first of mutmut's changes is made: names of AWS ignore case on purpose.

Of an argument only the loss is tried, where a default steps in, and no assignment: mypy sees the `None` that mutmut
would put there.
"""


@dataclass(frozen=True)
class Mutant:
    """One change: the line, what stood there, what stands there now, and the whole text of the module."""

    module: str
    line: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells a mutant from others when lines have moved."""
        return self.module, self.before, self.after


def mutants_of(module: str, path: Path) -> list[Mutant]:
    """Every mutant of a module that still compiles, in the order of its lines."""
    source = path.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(libcst.parse_module(source))
    places = wrapper.resolve(WhitespaceInclusivePositionProvider)
    starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    found: dict[str, Mutant] = {}
    for node in _walk(wrapper.module):
        for replaced, changed in _changes(node):
            # Cut and put together as text, since replacing the node in the tree costs as much as the whole module.
            start, end = places[replaced].start, places[replaced].end
            head, tail = source[: starts[start.line - 1] + start.column], source[starts[end.line - 1] + end.column :]
            text = f"{head}{wrapper.module.code_for_node(changed)}{tail}"
            if text != source and text not in found and _compiles(text, path):
                before, after = _difference(source, text)
                found[text] = Mutant(module, start.line, before, after, text)
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _walk(node: Any) -> Iterator[Any]:
    if isinstance(node, (*NO_BEHAVIOUR, *NO_MATCH_ARGUMENTS)) or _is_text_alone(node) or _is_type(node):
        return
    yield node
    for child in node.children:
        yield from _walk(child)


def _is_text_alone(node: Any) -> bool:
    """Whether a statement is a docstring, or names slots."""
    if isinstance(node, libcst.Assign):
        target = node.targets[0].target
        return isinstance(target, libcst.Name) and target.value == "__slots__"
    return isinstance(node, libcst.Expr) and isinstance(node.value, libcst.SimpleString | libcst.ConcatenatedString)


def _is_type(node: Any) -> bool:
    """Whether an expression only names the values of a type."""
    return isinstance(node, libcst.Subscript) and isinstance(node.value, libcst.Name) and node.value.value == "Literal"


def _changes(node: Any) -> Iterator[tuple[Any, Any]]:
    """What may stand in the place of a node, or of a part of it."""
    yield from ((node, changed) for changed in _operated(node))
    if isinstance(node, libcst.If | libcst.CompIf):
        # Parentheses, so that `or` inside the condition keeps its place.
        test = node.test.with_changes(lpar=[libcst.LeftParen()], rpar=[libcst.RightParen()])
        for joined, truth in ((libcst.And(), "False"), (libcst.Or(), "True")):
            yield node.test, libcst.BooleanOperation(left=test, operator=joined, right=libcst.Name(truth))


def _operated(node: Any) -> Iterator[Any]:
    for kind, operator in mutation_operators:
        if not isinstance(node, kind):
            continue
        if operator is operator_string:
            if isinstance(node, libcst.SimpleString) and " " not in node.value:
                yield from list(operator(node))[:ONE_STRING]
        elif operator is operator_arg_removal:
            yield from (changed for changed in operator(node) if _keywords(changed) < _keywords(node))
        elif operator is not operator_assignment:
            yield from operator(node)


def _keywords(call: Any) -> int:
    return sum(argument.keyword is not None for argument in call.args)


def _compiles(text: str, path: Path) -> bool:
    try:
        compile(text, str(path), "exec")
    except SyntaxError:
        return False
    return True


def _difference(source: str, text: str) -> tuple[str, str]:
    """The lines that differ, without what surrounds them and with single spaces."""
    old, new = source.splitlines(), text.splitlines()
    start = next(at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return _one_line(old[start : len(old) - end]), _one_line(new[start : len(new) - end])


def _one_line(lines: list[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(lines)).strip()
