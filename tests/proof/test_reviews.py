"""What people see of a change: within the width, in colour or without, and in the formats of reviews."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from policyeval.answer.comparison import Compared
from policyeval.answer.data import comparison_object
from policyeval.answer.example import with_real_examples
from policyeval.answer.review import github, markdown, sarif
from policyeval.answer.words import except_texts
from policyeval.cli.diff import body
from policyeval.diagnostics.style import Style
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import find_document, policy_of
from policyeval.proof.difference import compare_policies, tidied
from policyeval.proof.question import no_new_access
from policyeval.source import Source
from tests.proof.asking import Statement, allow, deny, policy
from tests.proof.changes import CHANGES, Change
from tests.proof.sampling import allows

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs/schemas/proof-1.json").read_text(encoding="utf-8"))


def compared(name: str, change: Change, allowed: str | None = None) -> Compared:
    """The change as two files of a few lines each."""
    sides = []
    for label, statements in (("new", change.new), ("old", change.old)):
        text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
        sides.append(policy_of(find_document(Source(f"{label}/{name}", text)), change.kind, f"{label}/{name}"))
    difference = compare_policies(sides[:1], sides[1:])
    return Compared(f"new/{name}", f"old/{name}", difference, (allowed,) * len(difference.gained.accesses))


@pytest.fixture(scope="module")
def files() -> list[Compared]:
    return [compared(f"{name.replace(' ', '-')}.json", change) for name, change in CHANGES.items()]


# ---- on a terminal


@pytest.mark.parametrize("width", [80, 60, 120])
def test_nothing_is_wider_than_the_terminal(files: list[Compared], width: int) -> None:
    """But a word that has no place to be broken: an ARN stays whole, so that it can be copied."""
    for one in files:
        for line in body(one, Style(width=width), removed=True):
            assert len(line) <= width or len(line.split()) <= 3, line


def test_policies_without_a_text_fit_as_well() -> None:
    """Built by a program, or found where no file is: they are named instead of drawn."""
    sid = "AStatementIdThatIsAsLongAsTheOnesThatPeopleGiveToTheirStatements"
    new, old = policy(allow("s3:*", Sid=sid)), policy(allow("ec2:*"), deny("s3:Get*", Sid=sid), allow("s3:*"))
    long = [replace(one, name="a-policy-with-a-name-of-a-certain-length-too") for one in (new, old)]
    one = Compared("new", "old", compare_policies(long[:1], long[1:]))
    lines = list(body(one, Style(), removed=True))
    assert all(len(line) <= 80 for line in lines)
    assert f"  {sid} in" in lines


def test_colour_changes_no_text(files: list[Compared]) -> None:
    for one in files:
        plain = list(body(one, Style(), removed=True))
        painted = list(body(one, Style(color=True), removed=True))
        assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in painted] == plain


def test_every_part_is_drawn_with_an_example(files: list[Compared]) -> None:
    for one in files:
        text = "\n".join(body(one, Style(), removed=True))
        parts = [*one.difference.gained.accesses, *one.difference.lost.accesses]
        assert text.count("= example: ") == len(parts)
        assert text.count("+ newly allowed\n") == len(one.difference.gained.accesses)
        assert text.count("- no longer allowed\n") == len(one.difference.lost.accesses)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:GetUser", "arn:aws:iam::111122223333:user/example"),
        ("s3:GetObject", "arn:aws:s3:::example/example"),
        ("ec2:DescribeInstances", "*"),
        ("ec2:StopInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/example"),
        ("s3:GetNothing", "arn:aws:s3:::example"),
    ],
)
def test_an_example_is_of_a_kind_that_the_action_acts_on(action: str, resource: str) -> None:
    outcome = with_real_examples(no_new_access(policy(allow(action)), policy(), every=True))
    (access,) = outcome.accesses
    assert access.counterexample.request.resource.arn == resource
    assert access.counterexample.new.decision is Decision.ALLOWED


def test_an_example_is_none_of_what_is_left_out() -> None:
    new, old = policy(allow("s3:GetObject")), policy(allow("s3:GetObject", "arn:aws:s3:::*/*"))
    (access,) = with_real_examples(tidied(no_new_access(new, old, every=True))).accesses
    assert except_texts(access) == ["arn:aws:s3:::*/*"]
    request = access.counterexample.request
    assert not allows(old, request)


# ---- in reviews


def test_sarif_is_valid_by_the_official_schema(files: list[Compared]) -> None:
    """`pydantic-sarif` is the schema of OASIS as models that refuse what it does not have."""
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

    accepted = compared("accepted.json", CHANGES["everything"], allowed="agreed [x](http://e)")
    log = Sarif.model_validate_json(sarif([*files, accepted], "1.0.0"))
    (run,) = log.runs
    assert run.results is not None
    assert len(run.results) >= sum(len(one.difference.gained.accesses) for one in files) + 1
    assert run.results[-1].suppressions is not None
    assert not any(result.suppressions for result in run.results[:-1])
    prints = [json.dumps(result.partialFingerprints) for result in run.results]
    assert len(set(prints)) == len(prints)
    assert Sarif.model_validate_json(sarif([], "1.0.0")).runs[0].results == []


def test_json_fits_the_published_schema(files: list[Compared]) -> None:
    import jsonschema

    for some in ([], files[:1], files):
        answer = comparison_object(some)
        jsonschema.validate(answer, SCHEMA)
        assert [one["new"] for one in answer["files"]] == [one.new for one in some]


HOSTILE = 'x`|<!--b--><img src="http://e"> ![l](http://e) [l](http://e) @team #1 \n# head\r::error::y%0A\x9b31m*_~'


def hostile() -> Compared:
    """A change with text of a stranger wherever a policy can hold some."""
    resource = f"arn:aws:s3:::b/{HOSTILE}"
    old: list[Statement] = [allow("s3:GetObject", resource, when={"StringLike": {f"aws:RequestTag/{HOSTILE}": "a"}})]
    new: list[Statement] = [
        allow("s3:GetObject", resource, when={"StringLike": {f"aws:RequestTag/{HOSTILE}": ["a", HOSTILE]}}),
        allow(f"s3:{HOSTILE}*", resource),
    ]
    return compared(f"{HOSTILE}\x1b[31m\u202e.json", Change(PolicyKind.IDENTITY, old, new), allowed=HOSTILE)


def test_no_policy_text_comes_to_life_in_markdown() -> None:
    shown = markdown([hostile()])
    assert shown.count("| ") > 4
    for line in shown.splitlines():
        assert line.isprintable()
        assert line.count("`") % 2 == 0
        outside = "".join(line.split("`")[::2]).replace("<br>", "")
        assert not re.search(r"[<>\[\]@!*_~]|http|error", outside.replace("**", "")), line
    assert {line.count("|") for line in shown.splitlines()} == {0, 6}


def test_no_policy_text_is_a_workflow_command() -> None:
    lines = list(github([hostile()]))
    assert lines
    for line in lines:
        assert line.isprintable()
        head, _, message = line.removeprefix("::").partition("::")
        assert head.startswith("notice file=new/x")
        assert len(re.findall(r"(?<=,)(?:line|endLine|title)=", head)) == head.count(",") == 3
        assert "%0A" not in message.replace("%250A", "")


def test_no_policy_text_makes_a_link_in_sarif() -> None:
    (run,) = json.loads(sarif([hostile()], "1.0.0"))["runs"]
    for result in run["results"]:
        assert not re.search(r"(?<!\\)[\[\]]", result["message"]["text"])
        assert not re.search(r"(?<!\\)[\[\]]", result["suppressions"][0]["justification"])
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri)


def test_no_policy_text_puts_a_control_code_on_a_terminal() -> None:
    for line in body(hostile(), Style(), removed=True):
        assert line.isprintable(), line
