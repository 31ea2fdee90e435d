"""Reading `policyeval.test/1`: what is accepted, and the one located error for what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policyeval.cases.files import run_files
from policyeval.cases.model import BrokenCase, Case, CaseFile
from policyeval.cases.reader import (
    CASE_KEYS,
    FILE_KEYS,
    LAYER_KEYS,
    PRINCIPAL_KEYS,
    REQUEST_KEYS,
    RESOURCE_KEYS,
    Accounts,
    read_cases,
)
from policyeval.cases.result import run_case
from policyeval.errors import PolicyevalError
from policyeval.evaluation.request import PrincipalType
from policyeval.evaluation.trace import Decision

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "docs/schemas/test-1.json").read_text(encoding="utf-8"))
GUIDE = ROOT / "fixtures/guide/account.yaml"
ALICE = "arn:aws:iam::111122223333:user/alice"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}


def a_case(**changes: Any) -> dict[str, Any]:
    """A good case, with members changed; `None` leaves one out."""
    case: dict[str, Any] = {
        "name": "alice reads",
        "policies": {"identity": [ALLOW]},
        "request": {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"},
        "expect": "allowed",
    }
    case.update(changes)
    return {key: value for key, value in case.items() if value is not None}


def a_request(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = dict(a_case()["request"])
    request.update(changes)
    return a_case(request={key: value for key, value in request.items() if value is not None})


def read(folder: Path, *cases: object, **top: object) -> CaseFile:
    path = folder / "a.policytest.json"
    path.write_text(json.dumps({"schema": "policyeval.test/1", **top, "cases": list(cases)}), encoding="utf-8")
    return read_cases(path)


def the_case(folder: Path, case: object, **top: object) -> Case:
    (only,) = read(folder, case, **top).cases
    assert isinstance(only, Case), only.error
    return only


def the_error(folder: Path, case: object, **top: object) -> PolicyevalError:
    (only,) = read(folder, case, **top).cases
    assert isinstance(only, BrokenCase)
    return only.error


def shown(error: PolicyevalError) -> str:
    """The text that the error points at."""
    assert error.source is not None
    assert error.span is not None
    return error.source.text[error.span.start : error.span.end]


# ---- the file


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('{"schema": "policyeval.test/2", "cases": []}', "is no schema that is known", '"policyeval.test/2"'),
        ('{"schema": 1, "cases": []}', "is no schema that is known", "1"),
        ('{"cases": []}', "`schema` is missing", None),
        ('{"schema": "policyeval.test/1"}', "`cases` is missing", None),
        ('{"schema": "policyeval.test/1", "cases": []}', "no cases", "[]"),
        ('{"schema": "policyeval.test/1", "cases": {}}', "not a list", "{}"),
        ('{"schema": "policyeval.test/1", "case": [], "cases": [1]}', "`case` is not known", '"case"'),
        ('["policyeval.test/1"]', "not a mapping", None),
        ('{"schema": "policyeval.test/1", "cases": [1], "account": "no.yaml"}', "cannot be read", '"no.yaml"'),
        ('{"schema": "policyeval.test/1", "cases": [1], "account": []}', "not a text", "[]"),
        ('{"schema": "policyeval.test/1", "cases": [', "end", None),
    ],
)
def test_a_file_that_is_no_case_file_is_one_located_error(
    tmp_path: Path, text: str, message: str, place: str | None
) -> None:
    path = tmp_path / "a.policytest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyevalError, match=message) as caught:
        read_cases(path)
    assert caught.value.where is not None
    assert caught.value.where.startswith(f"{path}:1:")
    if place is not None:
        assert shown(caught.value) == place


def test_a_wrong_key_gets_the_nearest_good_one(tmp_path: Path) -> None:
    assert the_error(tmp_path, a_case(exepct="allowed")).help == "did you mean `expect`?"
    assert the_error(tmp_path, a_request(principle=ALICE)).help == "did you mean `principal`?"
    assert the_error(tmp_path, a_case(policies={"identities": []})).help == "did you mean `identity`?"


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_yaml_and_json_say_the_same(tmp_path: Path, suffix: str) -> None:
    yaml = f"""\
        schema: policyeval.test/1
        cases:
          - name: alice reads
            policies:
              identity: [{json.dumps(ALLOW)}]
            request:
              principal: "{ALICE}"
              action: s3:GetObject
              context: {{"s3:max-keys": 010, "aws:SecureTransport": true}}
            expect: allowed
        """
    as_json = {
        "schema": "policyeval.test/1",
        "cases": [
            a_case(
                request={
                    "principal": ALICE,
                    "action": "s3:GetObject",
                    "context": {"s3:max-keys": "010", "aws:SecureTransport": True},
                }
            )
        ],
    }
    path = tmp_path / f"a.policytest.{suffix}"
    path.write_text(json.dumps(as_json) if suffix == "json" else yaml, encoding="utf-8")
    (case,) = read_cases(path).cases
    assert isinstance(case, Case)
    assert case.questions[0].request.context == {"s3:max-keys": "010", "aws:SecureTransport": True}
    assert run_case(case).passed


# ---- a case

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    # what is wrong: the case, what the error says, the text that it points at
    "no expectation": (a_case(expect=None), "does not say what to expect", ""),
    "expectation null": ({**a_case(), "expect": None}, "does not say what to expect", ""),
    "unknown decision": (a_case(expect="denied"), "`denied` is no value of `expect`", '"denied"'),
    "expectation of the wrong type": (a_case(expect=["allowed"]), "not a text", '["allowed"]'),
    "no name": (a_case(name=None), "`name` is missing", ""),
    "name of the wrong type": (a_case(name=["x"]), "not a text", '["x"]'),
    "no request": (a_case(request=None), "`request` is missing", ""),
    "request of the wrong type": (a_case(request="x"), "not a mapping", '"x"'),
    "no principal": (a_request(principal=None), "`principal` is missing", ""),
    "no action": (a_request(action=None), "`action` is missing", ""),
    "action with a wildcard": (a_request(action="s3:*"), "is a pattern", '"s3:*"'),
    "action that is none": (a_request(action="s3>GetObject"), "is no action", '"s3>GetObject"'),
    "resource that is no ARN": (a_request(resource="b/k"), "is no ARN", '"b/k"'),
    "resource of the wrong type": (a_request(resource=["*"]), "not a text", '["*"]'),
    "resource without ARN": (a_request(resource={"account": "111122223333"}), "needs `arn`", ""),
    "resource and resources": (a_request(resources=["*"]), "both given", '"resources"'),
    "no resources": (a_request(resource=None, resources=[]), "`resources` is empty", "[]"),
    "owner that contradicts the ARN": (
        a_request(resource={"arn": "arn:aws:sqs:eu-west-1:111122223333:q", "account": "444455556666"}),
        "its ARN names `111122223333`",
        "",
    ),
    "owner that is no account": (a_request(resource={"arn": "*", "account": "1"}), "is no account id", ""),
    "bare name without an account": (a_request(principal="alice"), "is a bare name", '"alice"'),
    "principal that is none": (a_request(principal="arn:aws:iam::111122223333:group/g"), "is no principal", ""),
    "principal of an unknown type": (a_request(principal={"type": "Usr"}), "`Usr` is no value of `type`", '"Usr"'),
    "principal without type": (a_request(principal={"arn": ALICE}), "`type` is missing", ""),
    "principal of another type than its ARN": (
        a_request(principal={"type": "AssumedRole", "arn": ALICE}),
        "not `AssumedRole`",
        "",
    ),
    "principal of another account than its ARN": (
        a_request(principal={"type": "User", "arn": ALICE, "account": "444455556666"}),
        "its ARN names `111122223333`",
        "",
    ),
    "service of a user": (
        a_request(principal={"type": "User", "arn": ALICE, "service": "ec2.amazonaws.com"}),
        "a caller of type `User` has no `service`",
        '"service"',
    ),
    "ARN of an anonymous caller": (
        a_request(principal={"type": "Anonymous", "arn": ALICE}),
        "a caller of type `Anonymous` has no `arn`",
        '"arn"',
    ),
    "tags of the wrong type": (
        a_request(principal={"type": "User", "arn": ALICE, "tags": {"k": ["v"]}}),
        "`tags` of a principal",
        "",
    ),
    "context null": (a_request(context={"aws:SourceIp": None}), "the context value of `aws:SourceIp` is null", "null"),
    "context object": (a_request(context={"aws:SourceIp": {"a": 1}}), "is a mapping", '{"a": 1}'),
    "context list in a list": (a_request(context={"aws:TagKeys": ["a", ["b"]]}), "is a list", '["b"]'),
    "context that is no mapping": (a_request(context=["aws:SourceIp"]), "not a mapping", '["aws:SourceIp"]'),
    "context key twice": (
        a_request(context={"aws:SourceIp": "192.0.2.1", "AWS:sourceip": "192.0.2.2"}),
        "is there twice",
        '"AWS:sourceip"',
    ),
    "time that is no date": (a_request(time="yesterday"), "`yesterday` is no date", '"yesterday"'),
    "time out of reach": (a_request(time="99999999999999999999"), "is no date", ""),
    "time of the wrong type": (a_request(time=True), "not a text", "true"),
    "no policies and no account": (a_case(policies=None), "has no policies and the file names no account", ""),
    "policies of the wrong type": (a_case(policies=[ALLOW]), "not a mapping", ""),
    "identity that is no list": (a_case(policies={"identity": ALLOW}), "not a list", ""),
    "level that is no list": (a_case(policies={"scp": [ALLOW]}), "a level of `scp` is a mapping", ""),
    "policy that is none": (a_case(policies={"identity": [5]}), "", ""),
    "policy by ARN": (
        a_case(policies={"identity": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}),
        "is an ARN",
        '"arn:aws:iam::aws:policy/ReadOnlyAccess"',
    ),
    "policy file that is not there": (a_case(policies={"resource": "no.json"}), "no such file", '"no.json"'),
    "policy of another kind": (
        a_case(policies={"resource": ALLOW}),
        "Principal",
        "",
    ),
    "statement that decides an implicit deny": (
        a_case(expect="implicitDeny", **{"expect-statement": "All"}),
        "no statement decides an implicit deny",
        '"All"',
    ),
    "unknown layer": (a_case(**{"expect-layer": "scps"}), "is no value of `expect-layer`", '"scps"'),
    "missing context that is no list": (
        a_case(**{"expect-missing-context": "aws:SourceIp"}),
        "not a list",
        '"aws:SourceIp"',
    ),
    "a name and nothing else": ({"name": "x"}, "does not say what to expect", ""),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_a_case_is_one_located_error(tmp_path: Path, what: str) -> None:
    case, message, place = WRONG[what]
    error = the_error(tmp_path, case)
    assert message in error.message
    assert error.where is not None
    assert error.where.startswith(str(tmp_path / "a.policytest.json:1:"))
    if place:
        assert shown(error) == place
    assert "\n" not in error.message


def test_an_element_of_a_list_is_counted_and_not_named_by_its_index(tmp_path: Path) -> None:
    (_, case) = read(tmp_path, a_case(name="one"), 5).cases
    assert isinstance(case, BrokenCase)
    assert case.error.message == "element 2 of `cases` is a number, not a mapping"


def test_a_decision_that_is_nearly_one_is_suggested(tmp_path: Path) -> None:
    (case,) = read(tmp_path, a_case(expect="alowed")).cases
    assert isinstance(case, BrokenCase)
    assert case.error.help == "did you mean `allowed`?"


def test_a_broken_case_does_not_hide_the_others(tmp_path: Path) -> None:
    file = read(tmp_path, a_case(name="one"), a_case(name="two", expect="maybe"), 3, a_case(name="four"))
    assert [(case.name, type(case)) for case in file.cases] == [
        ("one", Case),
        ("two", BrokenCase),
        ("case 3", BrokenCase),
        ("four", Case),
    ]


def test_every_layer_is_read_as_its_own_kind(tmp_path: Path) -> None:
    open_to_all = {"Version": "2012-10-17", "Statement": [{**ALLOW["Statement"][0], "Principal": "*"}]}  # type: ignore[dict-item]
    case = the_case(
        tmp_path,
        a_case(
            policies={
                "identity": [ALLOW],
                "resource": open_to_all,
                "permissionsBoundary": ALLOW,
                "session": [ALLOW],
                "scp": [[ALLOW], []],
                "rcp": [[]],
                "vpcEndpoint": open_to_all,
            }
        ),
    )
    policies = case.questions[0].policies
    kinds = {attached.policy.kind.value for attached in policies}
    assert kinds == {"identity", "resource", "permissionsBoundary", "session", "scp", "vpcEndpoint"}
    assert (policies.scp is not None and len(policies.scp)) == 2
    assert policies.rcp == ((),)


def test_the_resource_policy_of_a_role_is_its_trust_policy(tmp_path: Path) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"}],
    }
    case = the_case(
        tmp_path,
        a_case(
            policies={"resource": trust},
            request={"principal": ALICE, "action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/r"},
        ),
    )
    resource = case.questions[0].policies.resource
    assert resource is not None
    assert resource.policy.kind.value == "trust"
    assert run_case(case).passed


def test_policies_are_taken_exactly_and_may_be_files(tmp_path: Path) -> None:
    own = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/$<aws:username>"}],
    }
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/own.json").write_text(json.dumps(own), encoding="utf-8")
    for policy in (own, "policies/own.json"):
        literal = a_request(resource="arn:aws:s3:::b/$<aws:username>")
        meant = a_request(resource="arn:aws:s3:::b/alice")
        for case, expected in ((literal, Decision.ALLOWED), (meant, Decision.IMPLICIT_DENY)):
            case["policies"] = {"identity": [policy]}
            assert run_case(the_case(tmp_path, case)).actual is expected


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (ALICE, PrincipalType.USER),
        ("111122223333", PrincipalType.ACCOUNT),
        ("arn:aws:iam::111122223333:role/r", PrincipalType.ASSUMED_ROLE),
        ("anonymous", PrincipalType.ANONYMOUS),
        ("ec2.amazonaws.com", PrincipalType.SERVICE),
        ("arn:aws:iam::111122223333:saml-provider/P", PrincipalType.FEDERATED),
        ({"type": "Federated", "provider": "accounts.google.com"}, PrincipalType.FEDERATED),
        ({"type": "AssumedRole", "roleArn": "arn:aws:iam::111122223333:role/r"}, PrincipalType.ASSUMED_ROLE),
    ],
)
def test_callers_are_named_or_described(tmp_path: Path, principal: object, kind: PrincipalType) -> None:
    assert the_case(tmp_path, a_request(principal=principal)).questions[0].request.principal.type is kind


def test_an_action_without_resources_is_authorised_on_star(tmp_path: Path) -> None:
    """IAM User Guide, reference_policies_elements_resource: whatever ARN the case names."""
    case = the_case(tmp_path, a_request(action="s3:ListAllMyBuckets", resource="arn:aws:s3:::b"))
    assert case.questions[0].request.resource.arn == "*"


def test_the_clock_is_the_cases(tmp_path: Path) -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2026-05-01T10:00:00Z"}}
    policy = {"Version": "2012-10-17", "Statement": [{**ALLOW["Statement"][0], "Condition": until}]}  # type: ignore[dict-item]
    for time, expected in (
        ("2026-05-01T09:59:59Z", "allowed"),
        ("2026-05-01T10:00:00Z", "implicitDeny"),
        (1, "allowed"),
    ):
        case = {**a_request(time=time), "policies": {"identity": [policy]}, "expect": expected}
        assert run_case(the_case(tmp_path, case)).passed


# ---- beside an account


def beside_guide(tmp_path: Path, *cases: dict[str, Any]) -> CaseFile:
    (tmp_path / "guide").symlink_to(GUIDE.parent)
    return read(tmp_path, *cases, account="guide/account.yaml")


def guide_case(principal: object, action: str = "iam:CreateUser", **changes: Any) -> dict[str, Any]:
    return a_case(**{"policies": None, "request": {"principal": principal, "action": action}, **changes})


def test_an_account_knows_its_callers(tmp_path: Path) -> None:
    file = beside_guide(
        tmp_path,
        guide_case("carol"),
        guide_case("arn:aws:iam::123456789012:user/carol"),
        guide_case("root"),
        guide_case("alise"),
        guide_case("arn:aws:iam::444455556666:user/carol"),
    )
    errors = [case.error.message if isinstance(case, BrokenCase) else None for case in file.cases]
    assert errors[:3] == [None, None, None]
    assert errors[3] == "no user `alise`"
    assert errors[4] is not None
    assert "is of account 444455556666" in errors[4]


def test_policies_beside_an_account_are_added_or_replace_a_layer(tmp_path: Path) -> None:
    denied = {"Version": "2012-10-17", "Statement": [{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}]}
    stranger = "arn:aws:iam::444455556666:user/x"
    lets_in = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": stranger}, "Action": "*", "Resource": "*"}],
    }
    to_bucket = {"principal": stranger, "action": "s3:GetObject", "resource": {"arn": "arn:aws:s3:::b/k"}}
    file = beside_guide(
        tmp_path,
        guide_case("carol", policies={"identity": [denied]}, expect="explicitDeny", **{"expect-statement": "No"}),
        guide_case("alice", policies={"identity": [ALLOW]}, **{"expect-statement": "All"}),
        guide_case("carol", policies={"permissionsBoundary": denied}, expect="explicitDeny"),
        guide_case("carol", policies={"scp": [[]]}, expect="implicitDeny", **{"expect-layer": "scp"}),
        guide_case("", request=to_bucket, policies={"identity": [ALLOW], "resource": lets_in}),
        guide_case("", request=to_bucket, policies={"identity": [], "resource": lets_in}, expect="implicitDeny"),
    )
    for case in file.cases:
        result = run_case(case)
        assert result.passed, (case.name, result.faults, result.error)


def test_a_setting_may_be_what_decides(tmp_path: Path) -> None:
    (tmp_path / "guide").symlink_to(GUIDE.parent)
    case = guide_case("carol", "aws-portal:ViewBilling", expect="implicitDeny", **{"expect-layer": "settings"})
    (only,) = read(tmp_path, case, account="guide/account-billing-deactivated.yaml").cases
    assert run_case(only).passed


def test_an_account_is_read_once_for_all_files() -> None:
    accounts = Accounts()
    for _ in range(2):
        read_cases(GUIDE.parent / "cases.yaml", accounts)
    assert len(accounts.loaded) == 1


def test_a_default_account_serves_cases_that_have_nothing_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.policytest.json"
    document = {"schema": "policyeval.test/1", "cases": [guide_case("carol"), a_case(), a_request(principal="carol")]}
    path.write_text(json.dumps(document), encoding="utf-8")
    guide = Accounts().load(str(GUIDE))
    results = run_files([str(path)], Accounts(guide)).results
    assert [result.passed for result in results] == [True, True, False]
    assert isinstance(results[2].case, BrokenCase), "a case with policies of its own is not changed by an option"


# ---- the schema


def test_the_schema_knows_the_keys_that_the_reader_knows() -> None:
    defs = SCHEMA["$defs"]
    assert set(SCHEMA["properties"]) == set(FILE_KEYS)
    assert set(defs["case"]["properties"]) == set(CASE_KEYS)
    assert set(defs["request"]["properties"]) == set(REQUEST_KEYS)
    assert set(defs["policies"]["properties"]) == set(LAYER_KEYS)
    assert set(defs["resource"]["anyOf"][1]["properties"]) == set(RESOURCE_KEYS)
    described = defs["principal"]["anyOf"][1]["properties"]
    assert set(described) == {key for keys in PRINCIPAL_KEYS.values() for key in keys}
    assert described["type"]["enum"] == [kind.value for kind in PrincipalType]
    assert defs["case"]["properties"]["expect"]["enum"] == [decision.value for decision in Decision]


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures/decisions").glob("*.json")), ids=lambda path: path.name)
def test_published_cases_fit_the_schema(path: Path) -> None:
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), SCHEMA)


_FOR_THE_READER_ALONE = {
    # what is wrong with a text, or between two members, and not with the form
    "action with a wildcard",
    "action that is none",
    "resource that is no ARN",
    "owner that contradicts the ARN",
    "bare name without an account",
    "principal that is none",
    "principal of another type than its ARN",
    "principal of another account than its ARN",
    "service of a user",
    "ARN of an anonymous caller",
    "context key twice",
    "time that is no date",
    "time out of reach",
    "no policies and no account",
    "policy by ARN",
    "policy file that is not there",
    "policy of another kind",
}


@pytest.mark.parametrize("what", WRONG)
def test_the_schema_refuses_what_the_reader_refuses(what: str) -> None:
    document = {"schema": "policyeval.test/1", "cases": [WRONG[what][0]]}
    fits = jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
    assert fits is (what in _FOR_THE_READER_ALONE)
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid({**document, "cases": [a_case()]})


def test_the_page_about_case_files_shows_the_file_that_its_example_runs() -> None:
    formats = Path(__file__).parent.parent.parent / "docs" / "formats"
    shown = (formats / "cases.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert shown == (formats / "bucket.policytest.yaml").read_text(encoding="utf-8")
