"""Conditions that compare a key with a variable: when one holds, which others do.

Such a condition hangs on several keys, so no domain of one key can tell. But a value with private letters in place of
its variables is a glob like any other, and the independence lemma (`proof.glob`) says when one contains another.
"""

from __future__ import annotations

from policyeval.proof.glob import Glob, Inexpressible, contains, glob, has_variable, normalise, plain
from policyeval.proof.term import Atom, Letters, resolves
from policyeval.syntax.operator import Operator, Qualifier, parse_operator
from policyeval.syntax.variable import Escape, Variable, parse_template

_ARNS = ("ArnLike", "ArnEquals")
_PATTERNS = ("StringLike", *_ARNS)


def follows(wanted: Atom, given: Atom, letters: Letters) -> bool:
    """Whether a condition holds whenever another on the same key does: yes is always right."""
    if wanted.key != given.key:
        return False
    own, other = parse_operator(wanted.operator), parse_operator(given.operator)
    if own is None or other is None or own.qualifier != other.qualifier or (other.if_exists and not own.if_exists):
        return False
    if own.base not in ("StringEquals", *_PATTERNS) or other.base not in ("StringEquals", *_PATTERNS):
        return False
    try:
        narrow = [_glob(text, given, other, letters) for text in given.values]
        wide = [_glob(text, wanted, own, letters) for text in wanted.values]
    except Inexpressible:
        return False
    return all(any(_holds(cover, own, part, other) for cover in wide) for part in narrow)


def needed(atom: Atom) -> frozenset[Atom]:
    """What must hold for a condition with variables to hold at all: its key is there, and so is what all its values
    speak of."""
    operator = parse_operator(atom.operator)
    if operator is None or operator.if_exists or operator.is_negated or operator.qualifier is Qualifier.FOR_ALL_VALUES:
        return frozenset()
    spoken_of = [
        {part.key for part in parse_template(text) if isinstance(part, Variable) and part.default is None}
        for text in atom.values
    ]
    keys = set.intersection(*spoken_of) if spoken_of else set()
    return frozenset({Atom("Null", atom.key, frozenset({"false"})), *map(resolves, keys)})


def _holds(cover: Glob, own: Operator, part: Glob, other: Operator) -> bool:
    """Whether a value fits all that another fits. A text that fits an ARN segment by segment fits it as a whole too."""
    if own.base not in _ARNS:
        return contains(cover, part)
    if other.base not in _ARNS:
        return False
    one, two = cover.split(":", 5), part.split(":", 5)
    if len(one) != 6 or len(two) != 6 or any(map(has_variable, (*one[:5], *two[:5]))):
        return False  # a value may hold colons, which would move what follows it into another segment
    return all(map(contains, one, two))


def _glob(text: str, atom: Atom, operator: Operator, letters: Letters) -> Glob:
    """The glob of one value, with letters for its variables; raises `Inexpressible`."""
    read = glob if operator.base in _PATTERNS else plain
    pieces = []
    for piece in parse_template(text) if atom.variables else (text,):
        if isinstance(piece, Variable):
            pieces.append(letters.letter(piece))
        else:
            pieces.append(piece.character if isinstance(piece, Escape) else read(piece))
    return normalise("".join(pieces))
