"""`fixtures/ok/`: policies of every kind that are right, many of them trickily so. The default rules stay silent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from policyeval.linter.files import Asked, check_file
from policyeval.policy.kind import PolicyKind
from tests.linter.test_err_fixtures import kind_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "ok"
CASES = sorted(path for path in FIXTURES.rglob("*") if path.suffix in (".json", ".yaml"))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(FIXTURES).as_posix()) for path in CASES])
def test_a_good_policy_is_left_in_peace(path: Path) -> None:
    checked = check_file(str(path), Asked(kind=kind_of(path)), path.relative_to(FIXTURES).as_posix())
    assert not checked.findings, "\n".join(map(str, checked.findings))
    assert not checked.skipped


def test_there_are_at_least_a_hundred_and_fifty_good_policies() -> None:
    assert len(CASES) >= 150


def test_every_kind_of_policy_has_good_ones() -> None:
    kinds = Counter(kind_of(path) for path in CASES)
    assert all(kinds[None if kind is PolicyKind.IDENTITY else kind] >= 2 for kind in PolicyKind), kinds
