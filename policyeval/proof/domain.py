"""A condition key as a finite domain: every way in which a request can have the key, as far as some atoms can tell.

The truth of each atom on each value is computed by the evaluator's own `judge_condition`, so that prover and evaluator
cannot drift apart. A value is a text, a list of texts, or `ABSENT`. Where atoms of several families meet on one key
(an address compared as text as well), combinations for which no text is known are kept without a value: requests are
then over-approximated, so a proof stays a proof, and a counterexample has to avoid them.

Source: IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys; semantics section 5.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from policyeval.evaluation.cardinality import Cardinality
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.reading import Reading
from policyeval.policy.model import Condition
from policyeval.proof import specimen
from policyeval.proof.glob import Glob, Inexpressible
from policyeval.proof.term import RESOLVES, Atom
from policyeval.syntax.operator import Operator, Qualifier, parse_operator

MOST_COMBINATIONS = 4000
MOST_LISTS = 1500
"""The most kinds of list told apart for one key (proofs, "where it blows up")."""


class Absent(Enum):
    ABSENT = "absent"


ABSENT = Absent.ABSENT
Choice = str | tuple[str, ...] | Absent | None
"""A text, a list of texts, a key that is absent; or `None` for a way to be for which no value is known."""


@dataclass(frozen=True)
class Domain:
    """The values of one key, and for each atom the set of those on which it holds, as bits."""

    values: tuple[Choice, ...]
    masks: dict[Atom, int]
    texts: frozenset[str]
    """The texts that the atoms single out, each by itself."""

    @property
    def everything(self) -> int:
        return (1 << len(self.values)) - 1

    @property
    def valued(self) -> int:
        """The values that a request can be made of."""
        return sum(1 << at for at, value in enumerate(self.values) if value is not None)

    def like(self, key: str, value: Choice) -> int:
        """The values that no atom can tell from a known one."""
        context = _context(key, value)
        mask = self.everything
        for atom, held in self.masks.items():
            mask &= held if atom_holds(atom, key, context) else ~held
        return mask


def _context(key: str, value: Choice) -> Context:
    """A context of one key, or none when the key is absent."""
    if value is None or value is ABSENT:
        return Context({})
    return Context({key: value if isinstance(value, str) else list(value)})


def atom_holds(atom: Atom, key: str, context: Context) -> bool:
    """Whether an atom holds, by the evaluator's own rules."""
    if atom.operator == RESOLVES:
        return context.variable(key) is not None
    condition = atom.condition(key)
    return judge_condition(condition, context, Reading(), has_variables=atom.variables, is_allow=True).matched


FREE = Domain((None, None), {}, frozenset())
"""The domain of an atom that is left undetermined: value 1 says that it holds, value 0 that it does not."""


@dataclass(frozen=True)
class _Test:
    """What one atom asks of a single text: its operator without set operator and `IfExists`."""

    base: str
    values: frozenset[str]
    variables: bool

    @property
    def family(self) -> str:
        operator = parse_operator(self.base)
        assert operator is not None
        return "Caseless" if "IgnoreCase" in self.base else operator.family

    def condition(self) -> Condition:
        return Atom(self.base, "some:text", self.values, self.variables).condition()


@lru_cache(maxsize=8192)
def domain_of(key: str, atoms: frozenset[Atom], held: Cardinality) -> Domain:
    """The domain of a key under atoms that hang on it alone. Raises `Inexpressible` beyond the bounds."""
    return _Builder(key, atoms, held).build()


_TYPED = {"Numeric", "Date", "Bool", "IpAddress", "Binary"}
"""Families whose operators read texts as something else: an arbitrary text is the last that one wants to see."""


class _Builder:
    def __init__(self, key: str, atoms: frozenset[Atom], held: Cardinality) -> None:
        self.key = key
        self.atoms = sorted(atoms, key=lambda atom: (atom.operator, sorted(atom.values)))
        self.held = held
        self.operators: dict[Atom, Operator | None] = {atom: parse_operator(atom.operator) for atom in self.atoms}
        self.tests: dict[_Test, int] = {}
        for atom, operator in self.operators.items():
            if operator is not None and operator.base != "Null":
                self.tests.setdefault(_Test(operator.base, atom.values, atom.variables), len(self.tests))
        self.conditions = [test.condition() for test in self.tests]
        self.values: dict[tuple[bool, ...], Choice] = {}
        self.singled: set[str] = set()

    def build(self) -> Domain:
        singles = self.singles()
        if self.held is not Cardinality.LIST:
            self.add_singles(singles)
        self.add(ABSENT)
        if self.held is not Cardinality.ONE:
            self.add_lists(singles)
        if self.held is not Cardinality.LIST:
            self.add("")
        truths = list(self.values)
        masks = {
            atom: sum(1 << place for place, truth in enumerate(truths) if truth[at])
            for at, atom in enumerate(self.atoms)
        }
        return Domain(tuple(self.values.values()), masks, frozenset(self.singled))

    # ---- values, and what holds on them

    def add(self, value: str | tuple[str, ...] | Absent) -> None:
        context = _context(self.key, value)
        self.values.setdefault(tuple(atom_holds(atom, self.key, context) for atom in self.atoms), value)

    def vector(self, text: str) -> int:
        """Which tests a text passes, as bits."""
        context = Context({"some:text": text})
        return sum(
            1 << at
            for at, (test, condition) in enumerate(zip(self.tests, self.conditions, strict=True))
            if judge_condition(condition, context, Reading(), has_variables=test.variables, is_allow=True).matched
        )

    def add_singles(self, singles: dict[int, str | None]) -> None:
        for text in singles.values():
            if text is not None:
                self.add(text)
        for vector, text in singles.items():
            if text is None:
                truth = tuple(self.holds_by_vector(atom, vector, vector, is_list=False) for atom in self.atoms)
                self.values.setdefault(truth, None)

    def holds_by_vector(self, atom: Atom, all_of: int, any_of: int, *, is_list: bool) -> bool:
        """What holds on a value of which only the truths are known: of all its texts, and of any of them."""
        operator = self.operators[atom]
        if operator is None:
            return not is_list
        if operator.base == "Null":
            if operator.qualifier is not None:
                return operator.qualifier is Qualifier.FOR_ALL_VALUES
            return any(value.lower() == "false" for value in atom.values)
        bit = 1 << self.tests[_Test(operator.base, atom.values, atom.variables)]
        if operator.qualifier is None:
            return bool(all_of & bit) and not is_list
        return bool((all_of if operator.qualifier is Qualifier.FOR_ALL_VALUES else any_of) & bit)

    # ---- single texts

    def singles(self) -> dict[int, str | None]:
        """Every combination of tests that a text can pass, with such a text where one is known.

        The empty text is left out: it resolves no variable and is no set of values, so it may not stand for others
        that pass the same tests. `build` and `add_lists` add it by itself.
        """
        families: dict[str, list[_Test]] = {}
        for test in self.tests:
            families.setdefault(test.family, []).append(test)
        pools = self.pools(families) or {"": ["other"]}
        found: dict[int, str | None] = {}
        plain = "alice" if self.key == "aws:username" else "other"
        readable = () if set(families) & _TYPED else (plain,)
        for text in itertools.chain(readable, *pools.values(), ("other",)):
            if text:
                found.setdefault(self.vector(text), text)
        if len(pools) > 1:
            for vector in self.combinations(families, pools):
                found.setdefault(vector, None)
        return found

    def pools(self, families: dict[str, list[_Test]]) -> dict[str, list[str]]:
        """For each family, specimens that behave in every way in which a text can under its tests.

        Text and ARN comparisons are one family where their specimens can be found together.
        """
        if "String" in families and "Arn" in families:
            try:
                arns = self.arn_operands(families["Arn"])
                both = specimen.texts_and_arns(*self.text_operands(families["String"]), arns)
            except Inexpressible:
                pass
            else:
                families["String"] += families.pop("Arn")
                return {"String": both} | {n: self.pool(n, tests) for n, tests in families.items() if n != "String"}
        return {name: self.pool(name, tests) for name, tests in families.items()}

    def text_operands(self, tests: Sequence[_Test]) -> tuple[list[str], list[Glob]]:
        """The literals and the patterns that texts are compared with."""
        literals: list[str] = []
        patterns: list[Glob] = []
        for test in tests:
            for value in sorted(test.values):
                if "Like" in test.base:
                    patterns.append(specimen.text_glob(value, variables=test.variables))
                else:
                    literals.append(specimen.text_literal(value, variables=test.variables))
        self.singled.update(literals)
        return literals, patterns

    def arn_operands(self, tests: Sequence[_Test]) -> list[specimen.Tuple]:
        globs = [specimen.arn_glob(v, variables=test.variables) for test in tests for v in sorted(test.values)]
        return [pattern for pattern in globs if pattern is not None]

    def pool(self, family: str, tests: Sequence[_Test]) -> list[str]:
        """The specimens of one family; raises `Inexpressible`."""
        values = [value for test in tests for value in sorted(test.values)]
        if family == "String":
            return specimen.texts(*self.text_operands(tests))
        if family == "Caseless":
            own, literals = (
                [specimen.text_literal(v, variables=test.variables) for test in some for v in sorted(test.values)]
                for some in (tests, [one for one in self.tests if one.base in ("StringEquals", "StringNotEquals")])
            )
            return specimen.caseless_texts(own, frozenset(literals))
        if family == "Arn":
            return specimen.arns(self.arn_operands(tests))
        if family == "Bool":
            return specimen.booleans()
        makers = {
            "Numeric": specimen.numbers,
            "Date": specimen.dates,
            "IpAddress": specimen.addresses,
            "Binary": specimen.binaries,
        }
        return makers[family](values)

    def combinations(self, families: dict[str, list[_Test]], pools: dict[str, list[str]]) -> Iterable[int]:
        """Every combination of what texts can do under each family by itself.

        A text that `StringEquals` names is known to the letter, so of the texts told apart as text only the others
        take part in further combinations.
        """
        parts: list[set[int]] = []
        for name, tests in families.items():
            mask = sum(1 << self.tests[test] for test in tests)
            open_texts = [text for text in pools[name] if text and (name != "String" or text not in self.singled)]
            parts.append({self.vector(text) & mask for text in open_texts})
        count = 1
        for part in parts:
            count *= max(1, len(part))
        if count > MOST_COMBINATIONS:
            raise Inexpressible(f"`{self.key}` is compared in too many ways")
        for choice in itertools.product(*parts):
            yield sum(choice)

    # ---- lists

    def add_lists(self, singles: dict[int, str | None]) -> None:
        """Lists: what a set operator says of one hangs on what all of its texts pass, and on what any passes."""
        qualified = 0
        for atom, operator in self.operators.items():
            if operator is not None and operator.qualifier is not None and operator.base != "Null":
                qualified |= 1 << self.tests[_Test(operator.base, atom.values, atom.variables)]
        elements: dict[int, str | None] = {}
        for vector, text in ((self.vector(""), ""), *singles.items()):
            if elements.get(vector & qualified) is None or elements[vector & qualified] == "":
                elements[vector & qualified] = text
        known: dict[tuple[int, int], tuple[str | None, ...]] = {(v, v): (text,) for v, text in elements.items()}
        fresh = list(known)
        while fresh:
            grown = []
            for all_of, any_of in fresh:
                for vector, text in elements.items():
                    both = (all_of & vector, any_of | vector)
                    if both not in known:
                        known[both] = (*known[all_of, any_of], text)
                        grown.append(both)
            if len(known) > MOST_LISTS:
                raise Inexpressible(f"the lists of `{self.key}` are compared in too many ways")
            fresh = grown
        for texts in known.values():
            if None not in texts:
                given = tuple(text for text in texts if text is not None)
                self.add(("", "") if given == ("",) else given)
        for (all_of, any_of), texts in known.items():
            if None in texts:
                truth = tuple(self.holds_by_vector(atom, all_of, any_of, is_list=True) for atom in self.atoms)
                self.values.setdefault(truth, None)
        self.add(("",))
