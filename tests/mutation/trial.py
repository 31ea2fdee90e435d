"""One mutant on trial: a process of its own in which it takes a module's place, and the cases and tests that ask it.

The process is forked from one that has imported everything but policyeval. So no cache is filled, no table made, and no
object of the real module is around when the mutant comes.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
from collections.abc import Sequence
from enum import Enum
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent.parent
SECONDS = 60
MEMORY = 4 * 1024**3
NEAREST = 3
"""So many of a module's tests are run before the others."""
NOT_OF_THE_CODE = ("the_questions_have",)
"""Tests of the drawn questions, not of what answers them."""
EXAMPLES = 12
"""Of each property test; derandomised, so that a mutant lives or dies in every run."""


class Outcome(Enum):
    SURVIVED = 0
    KILLED_BY_CASE = 10
    KILLED_BY_TEST = 11
    KILLED = 12
    """It could not even be imported, or took too much time or memory."""


def tried(module: str, source: str, tests: Sequence[str], left_out: Sequence[str], *, with_index: bool) -> Outcome:
    """What becomes of a module's text. Tests whose name holds a word of `left_out` are not run."""
    child = os.fork()
    if child == 0:
        status = Outcome.KILLED.value
        try:
            status = _try(module, source, tests, left_out, with_index=with_index).value
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return Outcome(code) if code in {outcome.value for outcome in Outcome} else Outcome.KILLED


def _try(module: str, source: str, tests: Sequence[str], left_out: Sequence[str], *, with_index: bool) -> Outcome:
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(3 * SECONDS)
    sys.meta_path.insert(0, _Finder(module, source))
    importlib.import_module(module)
    if not _cases_pass() or (with_index and not _index_agrees()):
        return Outcome.KILLED_BY_CASE
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    options += ["-k", " and ".join(f"not {name}" for name in left_out)]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # its plugins are imported already
    # Most that die here do so in the tests of the module itself, before the others need to be collected.
    for chosen in (tests[:NEAREST], tests[NEAREST:]):
        if chosen and pytest.main([*options, *chosen], plugins=[_FewExamples()]) != 0:
            return Outcome.KILLED_BY_TEST
    return Outcome.SURVIVED


def _cases_pass() -> bool:
    from policyeval.cases.reader import Accounts, read_cases
    from policyeval.cases.result import run_case

    fixtures = ROOT / "fixtures"
    accounts = Accounts()
    for path in [*sorted((fixtures / "decisions").glob("*.json")), *sorted(fixtures.glob("*/cases*.yaml"))]:
        if not all(run_case(case).passed for case in read_cases(path, accounts).cases):
            return False
    return True


def _index_agrees() -> bool:
    from tests.property.agreement import disagreements
    from tests.property.questions import draw_questions

    return not any(
        disagreements(policies, requests)
        for seed in range(10)
        for _, policies, requests in draw_questions(Random(seed), worlds=6, requests=8)
    )


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the mutant in place of the module."""

    def __init__(self, module: str, source: str) -> None:
        self.module = module
        self.source = source

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self.module:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(_path_of(name)))

    def exec_module(self, module: ModuleType) -> None:
        path = str(_path_of(module.__name__))
        module.__file__ = path
        exec(compile(self.source, path, "exec"), module.__dict__)


def _path_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


class _FewExamples:
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in items:
            function = getattr(item, "function", None)
            own = getattr(function, "_hypothesis_internal_use_settings", None)
            if function is not None and own is not None:
                few = settings(own, max_examples=min(own.max_examples, EXAMPLES), derandomize=True, database=None)
                function._hypothesis_internal_use_settings = few
