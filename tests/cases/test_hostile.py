"""Case files from outside: whatever stands in one, reading and running it ends, with results or with located errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.cases.annotations import annotate
from policyeval.cases.drawing import draw_case
from policyeval.cases.files import run_files
from policyeval.cases.junit import junit_xml
from policyeval.cases.reader import Accounts, parse_cases
from policyeval.cases.result import run_case
from policyeval.diagnostics.style import Style
from policyeval.errors import PolicyevalError
from policyeval.jsontext import decode
from policyeval.source import Source

ALICE = "arn:aws:iam::111122223333:user/alice"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.policytest.yaml", b""),
        ("binary.policytest.yaml", b"\x00\x01\x02"),
        ("latin.policytest.yaml", b"schema: policyeval.test/1\ncases:\n  - name: caf\xe9"),
        ("brackets.policytest.json", b"[" * 100_000),
        ("deep.policytest.yaml", b"- " * 50_000),
        (
            "bomb.policytest.yaml",
            b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            b"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
        ),
        ("cycle.policytest.yaml", b"schema: policyeval.test/1\ncases: &c [*c]\n"),
        ("tag.policytest.yaml", b"schema: policyeval.test/1\ncases: !!python/object/apply:os.system ['true']\n"),
        ("twice.policytest.json", b'{"schema": "policyeval.test/1", "schema": "policyeval.test/1", "cases": [1]}'),
        ("surrogate.policytest.json", b'{"schema": "policyeval.test/1", "cases": [{"name": "\\ud800"}]}'),
        ("two.policytest.yaml", b"schema: policyeval.test/1\ncases: [1]\n---\nschema: x\n"),
    ],
)
def test_a_broken_file_is_one_error(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    run = run_files([str(path)], Accounts())
    assert (len(run.unreadable), run.total, run.exit_status) == (1, 1, 2)
    assert run.unreadable[0].error.name == str(path)


def test_a_policy_with_many_stars_costs_little(tmp_path: Path) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::" + "*a" * 500 + "b"}],
    }
    request = {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::" + "a" * 20_000}
    case = {"name": "stars", "policies": {"identity": [policy]}, "request": request, "expect": "implicitDeny"}
    path = tmp_path / "a.policytest.json"
    path.write_text(json.dumps({"schema": "policyeval.test/1", "cases": [case] * 5}))
    assert run_files([str(path)], Accounts()).passed == 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(max_size=12) | st.sampled_from(
    [ALICE, "s3:GetObject", "arn:aws:s3:::b/${aws:username}*", "*", "allowed"]
)
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": TEXTS | st.lists(TEXTS, max_size=2), "Resource": TEXTS},
    optional={
        "Sid": TEXTS,
        "Principal": JSON,
        "Condition": st.dictionaries(
            st.sampled_from(["StringLike", "DateLessThan", "IpAddress", "Null", "NumericEquals", "ArnLike"]),
            st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2), max_size=2),
            max_size=2,
        ),
    },
)
POLICY = st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENT, max_size=2)})
CASE = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "request": st.fixed_dictionaries(
            {"principal": st.just(ALICE) | JSON, "action": st.just("s3:GetObject") | TEXTS},
            optional={
                "resource": TEXTS | JSON,
                "resources": JSON,
                "context": st.dictionaries(TEXTS, TEXTS, max_size=3) | JSON,
                "time": TEXTS | JSON,
            },
        ),
        "expect": st.sampled_from(["allowed", "implicitDeny", "explicitDeny"]) | JSON,
    },
    optional={
        "policies": st.fixed_dictionaries(
            {},
            optional={
                "identity": st.lists(POLICY, max_size=2) | JSON,
                "resource": POLICY | JSON,
                "session": st.lists(POLICY, max_size=1),
                "scp": st.lists(st.lists(POLICY, max_size=1), max_size=2) | JSON,
            },
        ),
        "because": TEXTS | JSON,
        "expect-statement": TEXTS,
        "expect-missing-context": st.lists(TEXTS, max_size=2),
    },
)


@settings(max_examples=150)
@given(case=CASE | JSON)
def test_no_case_can_make_the_runner_or_a_report_fail(case: object) -> None:
    """Only `PolicyevalError`s come of a case file, and every report of it is plain text of one line a finding."""
    import xml.etree.ElementTree as ElementTree

    from policyeval.cases.files import TestRun

    source = Source("h.policytest.json", json.dumps({"schema": "policyeval.test/1", "cases": [case]}))
    try:
        file = parse_cases(source, decode(source))
    except PolicyevalError:
        return
    results = [run_case(one) for one in file.cases]
    run = TestRun(results=results)
    for result in results:
        if not result.passed:
            assert all(line.isprintable() for line in draw_case(result, Style()))
    assert all(line.isprintable() for line in annotate(run))
    ElementTree.fromstring(junit_xml(run))
