"""`python -m benchmarks.proofs.cvc5_check DIRECTORY`: the prover against an SMT solver, on the same questions.

Needs `cvc5` (development only). Each statement becomes a formula over strings: prefix and name of the action, the
segments of the resource, one string and a presence bit for each condition key. Only pairs whose conditions are exact in
that language take part: `String…`, `Bool` and `Null` without set operators and without variables, on keys that hold one
value; `unsat` is then a proof, and every disagreement is printed.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import cvc5  # type: ignore[import-not-found,unused-ignore]
from cvc5 import Kind  # type: ignore[import-not-found,unused-ignore]

from benchmarks.pages import write_part
from benchmarks.proofs.corpus import edits, fetch, load
from benchmarks.proofs.run import PAGE
from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.proof.question import no_new_access
from policyeval.syntax.arn import split_arn

EXACT = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Null")
_SEGMENTS = ("partition", "service", "region", "account", "rest")


def is_exact(policy: Policy) -> bool:
    """Whether every statement can be said exactly in the solver's language."""
    for statement in policy:
        entries = (*(statement.resources or ()), *(statement.not_resources or ()))
        if any("${" in entry.text or (entry.text.strip("*") and entry.text.count(":") < 5) for entry in entries):
            return False
        for condition in statement.conditions:
            plain = condition.operator.base in EXACT and condition.operator.qualifier is None
            if not plain or cardinality(condition.key.lower()) is not Cardinality.ONE:
                return False
            if any("${" in entry.text for entry in condition.values):
                return False
    return True


class Encoding:
    """The formula of one pair: a request that the new policy allows and the old one does not."""

    def __init__(self) -> None:
        self.terms = cvc5.TermManager()
        self.solver = cvc5.Solver(self.terms)
        self.solver.setLogic("QF_SLIA")
        self.solver.setOption("tlimit-per", "20000")
        self.solver.setOption("strings-exp", "true")
        self.strings: dict[str, Any] = {}
        self.flags: dict[str, Any] = {}

    def string(self, name: str) -> Any:
        if name not in self.strings:
            self.strings[name] = self.terms.mkConst(self.terms.getStringSort(), name)
        return self.strings[name]

    def flag(self, name: str) -> Any:
        if name not in self.flags:
            self.flags[name] = self.terms.mkConst(self.terms.getBooleanSort(), name)
        return self.flags[name]

    def every(self, parts: Sequence[Any]) -> Any:
        if not parts:
            return self.terms.mkTrue()
        return parts[0] if len(parts) == 1 else self.terms.mkTerm(Kind.AND, *parts)

    def some(self, parts: Sequence[Any]) -> Any:
        if not parts:
            return self.terms.mkFalse()
        return parts[0] if len(parts) == 1 else self.terms.mkTerm(Kind.OR, *parts)

    def negation(self, part: Any) -> Any:
        return self.terms.mkTerm(Kind.NOT, part)

    def fits(self, variable: Any, pattern: str) -> Any:
        if "*" not in pattern and "?" not in pattern:
            return self.terms.mkTerm(Kind.EQUAL, variable, self.terms.mkString(pattern))
        pieces: list[Any] = []
        text = ""
        for character in pattern:
            if character in "*?":
                if text:
                    pieces.append(self.terms.mkTerm(Kind.STRING_TO_REGEXP, self.terms.mkString(text)))
                    text = ""
                one = self.terms.mkTerm(Kind.REGEXP_ALLCHAR)
                pieces.append(one if character == "?" else self.terms.mkTerm(Kind.REGEXP_STAR, one))
            else:
                text += character
        if text:
            pieces.append(self.terms.mkTerm(Kind.STRING_TO_REGEXP, self.terms.mkString(text)))
        whole = pieces[0] if len(pieces) == 1 else self.terms.mkTerm(Kind.REGEXP_CONCAT, *pieces)
        return self.terms.mkTerm(Kind.STRING_IN_REGEXP, variable, whole)

    # ---- statements

    def action(self, text: str) -> Any:
        from policyeval.syntax.action import is_well_formed

        if (text and not text.strip("*")) or text == "*:*":
            return self.terms.mkTrue()
        if not is_well_formed(text):
            return self.terms.mkFalse()
        prefix, _, name = text.lower().partition(":")
        return self.every([self.fits(self.string("prefix"), prefix), self.fits(self.string("name"), name)])

    def resource(self, text: str) -> Any:
        if text and not text.strip("*"):
            return self.terms.mkTrue()
        parts = [self.fits(self.string(n), s) for n, s in zip(_SEGMENTS, split_arn(text)[1:], strict=True)]
        return self.every([self.flag("is arn"), *parts])

    def condition(self, condition: Condition) -> Any:
        key = condition.key.lower()
        present, value = self.flag(f"has {key}"), self.string(f"value of {key}")
        base = condition.operator.base
        if base == "Null":
            meanings = {"true": self.negation(present), "false": present}
            return self.some([meanings[text] for text in {e.text.lower() for e in condition.values} & set(meanings)])
        if "Like" in base:
            held = self.some([self.fits(value, entry.text) for entry in condition.values])
        else:
            texts = [self.terms.mkString(entry.text) for entry in condition.values]
            held = self.some([self.terms.mkTerm(Kind.EQUAL, value, text) for text in texts])
        if condition.operator.is_negated:
            return self.some([self.negation(present), self.negation(held)])
        if condition.operator.if_exists:
            return self.some([self.negation(present), held])
        return self.every([present, held])

    def statement(self, statement: Statement) -> Any:
        parts = []
        if statement.actions is not None:
            parts.append(self.some([self.action(entry.text) for entry in statement.actions]))
        if statement.not_actions is not None:
            parts.append(self.negation(self.some([self.action(entry.text) for entry in statement.not_actions])))
        if statement.resources is not None:
            parts.append(self.some([self.resource(entry.text) for entry in statement.resources]))
        if statement.not_resources is not None:
            parts.append(self.negation(self.some([self.resource(entry.text) for entry in statement.not_resources])))
        return self.every([*parts, *map(self.condition, statement.conditions)])

    def policy(self, policy: Policy) -> Any:
        allowed = self.some([self.statement(one) for one in policy if one.effect == "Allow"])
        denied = self.some([self.statement(one) for one in policy if one.effect == "Deny"])
        return self.every([allowed, self.negation(denied)])

    def is_possible(self) -> Any:
        """What every request has: no empty name, no colon inside a segment, an action that needs a permission."""
        empty = self.terms.mkString("")
        colon = self.terms.mkString(":")
        filled = [self.string(name) for name in ("prefix", "name", "partition", "service", "rest")]
        parts = [self.negation(self.terms.mkTerm(Kind.EQUAL, text, empty)) for text in filled]
        whole = [self.string(name) for name in ("prefix", "name", *_SEGMENTS[:4])]
        parts += [self.negation(self.terms.mkTerm(Kind.STRING_CONTAINS, text, colon)) for text in whole]
        free = [self.action("sts:GetCallerIdentity"), self.action("sts:GetSessionToken")]
        return self.every([*parts, *map(self.negation, free)])

    def ask(self, new: Policy, old: Policy) -> str:
        """`proved`, `refuted` or `unknown`."""
        self.solver.assertFormula(self.is_possible())
        self.solver.assertFormula(self.policy(new))
        self.solver.assertFormula(self.negation(self.policy(old)))
        result = self.solver.checkSat()
        return "proved" if result.isUnsat() else "refuted" if result.isSat() else "unknown"


def pairs(directory: str, count: int) -> Iterator[tuple[str, Policy, Policy]]:
    """Real edits, both ways, and as many drawn ones, of the kind that the solver can be asked about exactly."""
    found = [
        (f"{edit.new.name} against {edit.old.name}", one, other)
        for edit in edits(load(fetch(directory)))
        for one, other in ((edit.new, edit.old), (edit.old, edit.new))
        if is_exact(edit.new) and is_exact(edit.old)
    ]
    yield from random.Random(1).sample(found, min(count, len(found)))
    from tests.proof.sampling import draw_pair, read

    rng, drawn = random.Random(2), 0
    while drawn < count:
        first, second = (read(document, PolicyKind.IDENTITY) for document in draw_pair(rng))
        if is_exact(first) and is_exact(second):
            drawn += 1
            yield f"drawn {drawn}", first, second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    agreed: Counter[tuple[str, str]] = Counter()
    own = theirs = 0.0
    for name, new, old in pairs(options.directory, options.count):
        start = time.process_time()
        ours = no_new_access(new, old).verdict.value
        own += time.process_time() - start
        start = time.process_time()
        solver = Encoding().ask(new, old)
        theirs += time.process_time() - start
        agreed[ours, solver] += 1
        if {ours, solver} == {"proved", "refuted"}:
            print(f"DISAGREEMENT  {name}: {ours}, cvc5 says {solver}")
    for (ours, solver), count in sorted(agreed.items()):
        print(f"{count:6}  {ours}, cvc5: {solver}")
    opposed = agreed["proved", "refuted"] + agreed["refuted", "proved"]
    left = {ours: sum(count for pair, count in agreed.items() if pair[ours] == "unknown") for ours in (0, 1)}
    told = (
        f"{sum(agreed.values()):,} questions that cvc5 {cvc5.__version__} can be asked exactly, half from real edits, "
        f"half drawn: {opposed} on which the two disagree; {left[0]} undecided here, {left[1]} by cvc5 in 20 s; "
        f"cvc5 takes {theirs / own:.0f} times as long."
    )
    print(told)
    write_part(PAGE, "benchmarks.proofs.cvc5_check", told)


if __name__ == "__main__":
    main()
