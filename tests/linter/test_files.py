"""A file is checked as what it is; whatever it holds, the answer is a finding and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policyeval.limits import STATEMENTS, most
from policyeval.linter.files import Asked, CheckedFile, check_bytes, check_file
from policyeval.linter.selection import Selection

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
POLICY = {"Version": "2012-10-17", "Statement": [READ]}
TEXT = json.dumps(POLICY)


def check(content: str | bytes | object, name: str = "policy.json", **asked: Any) -> CheckedFile:
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    return check_bytes(data, name, Asked(**asked))


def rules(checked: CheckedFile) -> list[str]:
    return [finding.rule for finding in checked.findings]


@pytest.mark.parametrize(
    "document",
    [
        POLICY,
        {"PolicyVersion": {"Document": POLICY}},
        {"PolicyDocument": POLICY},
        {"Policy": TEXT},
        {"ResourcePolicy": TEXT},
    ],
)
def test_a_policy_is_found_in_what_aws_commands_print(document: object) -> None:
    checked = check(document)
    assert (checked.nature, checked.policies, checked.findings) == ("policy", 1, [])


def test_the_place_of_a_finding_in_a_document_inside_a_string_is_that_of_the_string() -> None:
    broken = {**POLICY, "Statement": [{**READ, "Effect": "allow"}]}
    (finding,) = check({"Policy": json.dumps(broken)}, "answer.json").findings
    assert (finding.file, finding.path) == ("answer.json#/Policy", "answer.json")
    assert finding.source.text[finding.span.start : finding.span.end] == '"allow"'


@pytest.mark.parametrize("name", ["a.yaml", "<stdin>", "/dev/fd/63", "a.txt"])
def test_yaml_is_told_by_what_it_holds(name: str) -> None:
    account = 'account: "123456789012"\nusers: {}\n'
    assert check(account, name).nature == "account"
    cases = (
        "schema: policyeval.test/1\ncases:\n  - {name: a, request: {principal: root, action: a:B}, expect: allowed}\n"
    )
    assert check(cases, name).nature == "cases"


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", ["a.yaml", "<stdin>"])
@pytest.mark.parametrize("head", ["", "PolicyDocument:\n", "PolicyVersion:\n  VersionId: v1\n  Document:\n"])
def test_a_policy_in_yaml_is_reported_wherever_it_was_found(head: str, name: str, named: bool) -> None:
    indent = "    " * bool(head)
    text = f'{head}{indent}Version: "2012-10-17"\n{indent}Statement: {{Effect: Allow, Action: "*", Resource: "*"}}\n'
    checked = check(text, name, named=named)
    (finding,) = checked.findings
    assert (finding.rule, finding.message) == ("not-a-policy", "the file holds a policy in YAML")


def test_a_statement_deep_in_other_yaml_is_none_of_ours() -> None:
    checked = check("Resources:\n  Role:\n    PolicyDocument:\n      Statement: []\n", "stack.yaml", named=False)
    assert (checked.findings, checked.nature) == ([], "other")


@pytest.mark.parametrize("name", ["notes.json", "values.yaml"])
@pytest.mark.parametrize("content", ['{"name": "x"}', "[1]", "7", "x: [", "{", "", "\0\1"])
def test_a_file_that_was_found_and_holds_no_policy_is_passed_over(name: str, content: str) -> None:
    checked = check(content, name, named=False)
    assert (checked.findings, checked.nature) == ([], "other")
    assert checked.skipped


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.json", '{"name": "x"}', "not-a-policy"),
        ("a.json", "7", "not-a-policy"),
        ("package.json", '{"name": "x", "version": "1.0"}', "not-a-policy"),
        ("a.json", '{"version": "1.0"}', "invalid-policy-element"),
        ("a.json", '{"Version": "2012-10-17", "Statment": []}', "invalid-policy-element"),
        ("a.json", "{", "json-syntax-error"),
        ("a.json", "", "invalid-encoding"),
        ("a.json", "\0", "invalid-encoding"),
        ("a.yaml", "x: 1", "not-a-policy"),
        ("a.yaml", "x: [", "not-a-policy"),
        ("a.yaml", "x:\n\t- a", "not-a-policy"),
        ("a.yaml", "account: [", "invalid-account-file"),
        ("a.yaml", "schema: policyeval.test/1\ncases: [", "invalid-case-file"),
        ("a.yaml", "Statement: [", "not-a-policy"),
    ],
)
def test_a_file_that_was_named_and_holds_no_policy_is_a_finding(name: str, content: str, rule: str) -> None:
    assert rules(check(content, name)) == [rule]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (TEXT[:-1], "json-syntax-error"),
        (TEXT.replace('"Effect"', '"Effect": 1, "Effect"'), "duplicate-key"),
        (TEXT.encode("utf-16"), "invalid-encoding"),
        (TEXT.replace("team", "tëam").encode("latin-1"), "invalid-encoding"),
    ],
)
def test_a_broken_policy_is_reported_even_where_nobody_named_it(content: str | bytes, rule: str) -> None:
    assert rules(check(content, named=False)) == [rule]


def test_a_byte_order_mark_is_worth_a_suggestion_and_hides_nothing() -> None:
    text = TEXT.replace('"Allow"', '"allow"')
    checked = check(b"\xef\xbb\xbf" + text.encode())
    assert sorted(rules(checked)) == ["invalid-effect", "invalid-encoding"]


def test_a_file_of_cases_is_checked_for_its_form_alone() -> None:
    case = {
        "name": "odd on purpose",
        "request": {
            "principal": "arn:aws:iam::123456789012:user/alice",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::team-logs/today",
        },
        "policies": {"identity": [{"Version": "2012-10-17", "Statement": [{**READ, "Action": "iam>X"}]}]},
        "expect": "implicitDeny",
    }
    good = check({"schema": "policyeval.test/1", "cases": [case]})
    assert (good.nature, good.findings) == ("cases", [])
    assert rules(check({"schema": "policyeval.test/1", "cases": [{**case, "expects": 1}]})) == ["invalid-case-file"]
    assert rules(check({"schema": "policyeval.test/9", "cases": [case]})) == ["invalid-case-file"]


def test_the_rules_for_a_kind_are_asked_when_the_kind_is_given(tmp_path: Path) -> None:
    from policyeval.policy.kind import PolicyKind

    path = tmp_path / "policy.json"
    path.write_text(TEXT)
    assert not check_file(str(path), Asked()).findings
    found = check_file(str(path), Asked(kind=PolicyKind.TRUST)).findings
    assert {"missing-principal", "role-trust-policy-syntax-error-resource"} <= {finding.rule for finding in found}


HOSTILE: dict[str, Any] = {
    "an action that is a path": {"Statement": [{**READ, "Action": ["../x:y", "/etc/passwd:x", "..:*", ":", "a:b:c"]}]},
    "2,000 stars": {"Statement": [{**READ, "Action": "s3:" + "*a" * 2000, "Resource": "arn:aws:s3:::" + "*" * 2000}]},
    "look-alike letters": {"Statement": [{**READ, "Action": "s3:GetОbject", "Resource": "arn:аws:s3:::b/*"}]},
    "control characters": {"Statement": [{**READ, "Sid": "\x1b[2J\x07", "Action": "s3:\u202eGet\r\nObject"}]},
    "deep nesting": {"Statement": [{**READ, "Condition": {"a": {"b": {"c": [[[[1]]]]}}}}]},
    "odd keys": {"Statement": [{**READ, "Condition": {"": {"": ""}, "~/": {"/~1": ["~"]}}}]},
    "empty strings": {"Version": "", "Id": "", "Statement": [{"Sid": "", "Effect": "", "Action": "", "Resource": ""}]},
    "nothing in lists": {"Statement": [{"Effect": "Allow", "Action": [], "Resource": [], "Condition": {}}]},
    "wrong types": {"Statement": [None, 1, [], "x", {"Effect": {}, "Action": {"a": 1}, "Principal": 7}]},
    "many principals": {"Statement": [{**READ, "Principal": {"AWS": ["*", "", "AROA", "arn:::::", "x" * 5000]}}]},
    "odd ARNs": {"Statement": [{**READ, "Resource": ["arn:", "arn::::::", "arn:aws:s3", "*:*", "${", "${}", "?"]}]},
    "odd variables": {
        "Version": "2012-10-17",
        "Statement": [{**READ, "Resource": "arn:aws:s3:::${a, 'b}${}${ x }${*"}],
    },
    "odd numbers": {"Statement": [{**READ, "Condition": {"NumericEquals": {"s3:max-keys": [1e400, -0.0, 10**400]}}}]},
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", [None, "trust", "scp", "rcp", "vpcEndpoint", "session"])
def test_a_hostile_policy_gets_findings(document: object, kind: str | None) -> None:
    from policyeval.diagnostics.render.full import render_finding
    from policyeval.diagnostics.style import Style
    from policyeval.policy.kind import PolicyKind

    text = json.dumps(document).replace("Infinity", "1e400")
    checked = check(text, selection=Selection(pedantic=True), kind=PolicyKind(kind) if kind else None)
    shown = "\n".join(line for finding in checked.findings for line in render_finding(finding, Style()))
    assert checked.findings
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_a_hundred_thousand_statements_are_one_error_or_as_many_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = json.dumps({**READ, "Effect": "allow"})
    text = '{"Version": "2012-10-17", "Statement": [' + ",".join([statement] * 100_000) + "]}"
    checked = check(text)
    assert (checked.policies, checked.findings) == (0, [])
    (failure,) = checked.failures
    assert "the policy has 100,000 statements, more than" in failure.message
    assert failure.where == "policy.json:1:27"
    monkeypatch.setenv(STATEMENTS.variable, "100,000")
    most.cache_clear()
    try:
        checked = check(text, selection=Selection(("invalid-effect",)))
    finally:
        monkeypatch.undo()
        most.cache_clear()
    assert len(checked.findings) == 100_000
