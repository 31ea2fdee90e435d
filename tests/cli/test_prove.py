"""`policyeval prove`: every question with every answer, and what its data holds."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from policyeval.account.account import Account
from policyeval.catalog.catalog import catalog
from policyeval.cli.main import main
from policyeval.evaluation.decide import decide
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.policy.kind import PolicyKind
from policyeval.proof.public import RESOURCE_TYPES
from policyeval.proof.question import access_not_granted_to, no_new_access_for
from tests.proof.asking import Statement, allow, deny
from tests.proof.changes import CHANGES

ROOT = Path(__file__).parent.parent.parent
COMPANY = ROOT / "fixtures" / "company"
GUIDE = ROOT / "fixtures" / "guide"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "proof-1.json").read_text(encoding="utf-8"))
PUBLIC = {"Principal": "*"}
ODD = "arn:aws:s3:::b/\ue000"
"""A character that the prover keeps for itself: no question about it is decided."""
FIELDS = ("result", "message", "reasons", "verdict", "counterexample", "newAccess", "assumptions", "universes")


class Prove:
    """Runs `policyeval prove`; answers are checked against the published schema."""

    def __init__(self, capsys: pytest.CaptureFixture[str], directory: Path) -> None:
        self.capsys = capsys
        self.directory = directory

    def file(self, name: str, *statements: Statement) -> str:
        path = self.directory / name
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
        return str(path)

    def __call__(self, *arguments: str | Path) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["prove", *map(str, arguments)])
        code = ended.value.code
        printed = self.capsys.readouterr()
        return (code if isinstance(code, int) else 0), printed.out + printed.err

    def data(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        import jsonschema

        status, shown = self(*arguments, "--format", "json")
        answer = json.loads(shown)
        jsonschema.validate(answer, SCHEMA)
        assert all(field in answer for field in FIELDS)
        return status, answer


@pytest.fixture
def prove(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Prove:
    return Prove(capsys, tmp_path)


def verdict_of(status: int) -> tuple[str, str]:
    """The verdict and Access Analyzer's result that go with an exit status."""
    return {0: ("proved", "PASS"), 1: ("refuted", "FAIL"), 3: ("unknown", "FAIL")}[status]


@pytest.mark.parametrize("status", [0, 1, 3])
class TestExitStatus:
    """0 proved, 1 refuted, 3 not known; what is not known is Access Analyzer's FAIL."""

    def is_so(self, prove: Prove, status: int, *question: str | Path) -> dict[str, Any]:
        found, answer = prove.data(*question)
        assert found == status
        assert (answer["verdict"], answer["result"]) == verdict_of(status)
        assert (answer["counterexample"] is not None) is (status == 1)
        assert bool(answer["newAccess"]) is bool(answer["reasons"]) is (status == 1)
        assert bool(answer["unknown"]) is (status == 3)
        assert prove(*question, "--format", "concise")[1].split()[0].lower() == answer["verdict"]
        return answer

    def test_no_new_access(self, prove: Prove, status: int) -> None:
        resource = {0: "arn:aws:s3:::b/k", 1: "arn:aws:s3:::c/*", 3: "arn:aws:s3:::b/*"}[status]
        known = {0: "arn:aws:s3:::b/*", 1: "arn:aws:s3:::b/*", 3: ODD}[status]
        old, new = (
            prove.file("o.json", allow(resource=known, **PUBLIC)),
            prove.file("n.json", allow(resource=resource, **PUBLIC)),
        )
        self.is_so(prove, status, "no-new-access", old, new)

    def test_access_not_granted(self, prove: Prove, status: int) -> None:
        policy = prove.file("p.json", allow("s3:*", "arn:aws:s3:::c/*", **PUBLIC), *_odd(status))
        action = {0: "iam:*", 1: "s3:PutObject", 3: "s3:PutObject"}[status]
        answer = self.is_so(prove, status, "access-not-granted", policy, "--action", action)
        if status == 1:
            assert answer["reasons"] == [
                {
                    "description": "One or more of the listed actions or resources in the statement with index: 0.",
                    "statementIndex": 0,
                }
            ]

    def test_no_public_access(self, prove: Prove, status: int) -> None:
        principal = {"AWS": "111122223333"} if status == 0 else "*"
        policy = prove.file("p.json", allow("s3:GetObject", "arn:aws:s3:::c/*", Principal=principal), *_odd(status))
        self.is_so(prove, status, "no-public-access", policy)

    def test_of_a_caller(self, prove: Prove, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        if status == 3:
            monkeypatch.setattr("policyeval.cli.prove.access_not_granted_to", partial(access_not_granted_to, budget=0))
        action = {0: "iam:CreateUser", 1: "ec2:*", 3: "ec2:*"}[status]
        caller = ("--account", GUIDE / "account.yaml", "--user", "bob")
        self.is_so(prove, status, "access-not-granted", *caller, "--action", action)

    def test_no_new_access_of_a_caller(self, prove: Prove, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        if status == 3:
            monkeypatch.setattr("policyeval.cli.prove.no_new_access_for", partial(no_new_access_for, budget=0))
        activated, deactivated = GUIDE / "account.yaml", GUIDE / "account-billing-deactivated.yaml"
        files = (activated, deactivated) if status == 0 else (deactivated, activated)
        answer = self.is_so(prove, status, "no-new-access", *files, "--user", "dave")
        assert any("the resources are of the caller's account" in text for text in answer["assumptions"])


def test_standard_input_is_read_once(prove: Prove, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It was read for the kind of the policy, and nothing was left for the policy itself."""
    policy, proof = prove.file("p.json", allow("s3:Get*")), tmp_path / "proof.json"
    content = Path(policy).read_bytes()

    def status(*arguments: str) -> int:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return int(ended.value.code or 0)

    assert status("prove", "access-not-granted", "-", "--action", "sqs:*") == 0
    assert status("prove", "no-new-access", policy, "-", "--certificate", str(proof)) == 0
    assert status("verify-proof", str(proof), policy, "-") == 0
    assert status("verify-proof", str(proof), "-", "-") == 0


def test_a_verified_proof_is_green_and_another_red(
    prove: Prove, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one, other, proof = (
        prove.file("p.json", allow("s3:Get*")),
        prove.file("q.json", allow("*")),
        tmp_path / "proof.json",
    )

    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit):
            main(list(arguments))
        return capsys.readouterr().out

    said("prove", "no-new-access", one, one, "--certificate", str(proof))
    assert said("verify-proof", str(proof), one, one, "--color", "always").startswith("\x1b[1;32mVERIFIED\x1b[0m  ")
    assert said("verify-proof", str(proof), one, other, "--color", "always").startswith("\x1b[1;31mNOT PROVED\x1b[0m  ")
    assert said("verify-proof", str(proof), one, one).startswith("VERIFIED  ")


@pytest.mark.parametrize(("new", "status"), [("n.json", 1), ("odd.json", 3)])
def test_that_there_is_no_certificate_is_said(prove: Prove, tmp_path: Path, new: str, status: int) -> None:
    prove.file("n.json", allow("s3:*", **PUBLIC))
    prove.file("odd.json", allow("s3:Get*", ODD, **PUBLIC), allow("s3:Put*", **PUBLIC))
    old, proof = prove.file("o.json", allow("s3:Get*", "arn:aws:s3:::c/*", **PUBLIC), *_odd(status)), tmp_path / "proof"
    found, shown = prove("no-new-access", old, tmp_path / new, "--certificate", proof, "--format", "concise")
    assert found == status
    assert "note: no certificate was written: " in shown
    assert not proof.exists()


def test_two_universes_in_one_answer(prove: Prove) -> None:
    """What only actions that AWS may add bring about is refuted for all texts, and proved for those that it has."""
    old = prove.file("o.json", allow("s3:Get*"))
    new = prove.file("n.json", allow(["s3:Get*", "s3:FutureThing*"]))
    status, answer = prove.data("no-new-access", old, new)
    assert status == 1
    assert answer["universes"]["allStrings"] == "refuted"
    assert answer["universes"]["catalog"]["verdict"] == "proved"
    assert "= note: it is about actions that AWS may add" in prove("no-new-access", old, new)[1]
    real = prove.file("r.json", allow(["s3:Get*", "s3:FutureThing*", "s3:PutObject"]))
    status, answer = prove.data("no-new-access", old, real)
    assert answer["universes"]["catalog"]["verdict"] == "refuted"
    assert "= note" not in prove("no-new-access", old, real)[1]


def test_a_resource_type_leaves_only_the_actions_of_its_service(prove: Prove) -> None:
    """IAM Access Analyzer API Reference, CheckNoPublicAccess: `resourceType`."""
    policy = prove.file("p.json", allow("sqs:*", "arn:aws:sqs:*:*:*", **PUBLIC))
    assert prove("no-public-access", policy)[0] == 1
    assert prove("no-public-access", policy, "--resource-type", "AWS::SQS::Queue")[0] == 1
    assert prove("no-public-access", policy, "--resource-type", "AWS::S3::Bucket")[0] == 0
    status, shown = prove("no-public-access", policy, "--resource-type", "AWS::SQS::Queu")
    assert status == 2
    assert "did you mean `AWS::SQS::Queue`?" in shown


def test_every_resource_type_has_a_service_that_aws_has() -> None:
    assert len(RESOURCE_TYPES) == 26
    assert all(map(catalog().has_service, RESOURCE_TYPES.values()))


def _odd(status: int) -> list[Statement]:
    """A Deny of the odd resource, where nothing is to be decided."""
    return [deny("s3:*", ODD, **PUBLIC)] if status == 3 else []


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-new-access", "none.json", "none.json"),
        ("no-new-access", "p.json", "bucket.json"),
        ("no-new-access", "p.json"),
        ("access-not-granted", "p.json"),
        ("access-not-granted", "--action", "s3:*"),
        ("access-not-granted", "p.json", "--action", "nonsense"),
        ("access-not-granted", "p.json", "--action", "s3:*", "--resource", "bucket"),
        ("access-not-granted", "p.json", "--action", "s3:*", "--where", "Nonsense aws:username a"),
        ("access-not-granted", "--account", "none.yaml", "--user", "bob", "--action", "s3:*"),
        ("access-not-granted", "--account", str(GUIDE / "account.yaml"), "--user", "nobody", "--action", "s3:*"),
        ("no-public-access", "p.json"),
        ("no-new-access", str(GUIDE / "account.yaml"), str(GUIDE / "account.yaml"), "--user", "nobody"),
        ("no-new-access", "p.json", "p.json", "--certificate", "no/such/directory/proof.json"),
        ("no-new-access", str(GUIDE / "account.yaml"), str(GUIDE / "account.yaml"), "--user", "bob", "--kind", "scp"),
        ("access-not-granted", "p.json", "--action", "s3:*", "--user", "bob"),
        ("access-not-granted", "p.json", "--action", "s3:*", "--account", str(GUIDE / "account.yaml")),
    ],
)
def test_what_cannot_be_done_ends_with_2(
    prove: Prove, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(prove.directory)
    prove.file("p.json", allow())
    prove.file("bucket.json", allow("s3:GetObject", "arn:aws:s3:::b/*", **PUBLIC))
    status, shown = prove(*arguments)
    assert status == 2
    assert "rror" in shown


# ---- questions about nothing


def test_a_question_that_leaves_half_of_itself_out_is_refused(prove: Prove) -> None:
    policy, account = prove.file("p.json", allow()), ("--account", GUIDE / "account.yaml")
    asked = ("access-not-granted", policy, "--action", "s3:*", *account)
    assert "--user" in prove(*asked)[1]
    assert "not about both" in " ".join(prove(*asked, "--user", "bob")[1].split())
    caller = ("access-not-granted", "--action", "s3:*", *account, "--user", "bob", "--kind", "scp")
    assert "--kind" in prove(*caller)[1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ["--action", "s3:GetObjct"],
            ["`s3:GetObjct` is not in AWS's list of actions", "did you mean `s3:GetObject`?"],
        ),
        (["--action", "s3:GetObjct"], ["none of the actions that are asked about"]),
        (["--action", "s4:*"], ["`s4:*` fits none of AWS's list of actions"]),
        (["--action", "s3:ListBuckets"], ["is an API operation", "`s3:ListAllMyBuckets`"]),
        (
            ["--action", "s3:PutObject", "--resource", "arn:aws:s3:::b"],
            ["`s3:PutObject` acts on none of the resources", "${BucketName}/${ObjectName}"],
        ),
        (["--action", "s3:ListAllMyBuckets", "--resource", "arn:aws:s3:::b"], ["AWS authorises it against `*`"]),
        (
            ["--action", "s3:PutObject", "--resource", "arn:aws:s3:::b/*", "--resource", "arn:aws:sqs:::q"],
            ["none of the actions that are asked about acts on `arn:aws:sqs:::q`"],
        ),
        (
            ["--action", "s3:PutObject", "--where", "StringEquals aws:RequestedRegin eu-west-1"],
            ["`aws:RequestedRegin` is no global condition key; did you mean `aws:RequestedRegion`?"],
        ),
        (["--action", "s3:PutObject", "--where", "StringEquals s3:prefx a"], ["`s3:prefx` is not in AWS's list"]),
    ],
)
def test_what_is_odd_about_a_question_is_said(prove: Prove, asked: list[str], said: list[str]) -> None:
    policy = prove.file("p.json", allow("s3:GetObject", "arn:aws:s3:::b/*"))
    status, answer = prove.data("access-not-granted", policy, *asked)
    assert (status, answer["verdict"]) == (0, "proved")
    for text in said:
        assert text in " ".join(answer["notes"])
        for form in ("full", "concise"):
            shown = prove("access-not-granted", policy, *asked, "--format", form)[1]
            assert text.replace(" ", "") in "".join(shown.split())


def test_of_a_question_that_fits_nothing_is_said(prove: Prove) -> None:
    policy = prove.file("p.json", allow("s3:GetObject", "arn:aws:s3:::b/*"))
    for asked in (
        ["--action", "s3:Put*", "--resource", "arn:aws:s3:::b/*"],
        ["--action", "s3:ListAllMyBuckets", "--resource", "*"],
        ["--action", "sts:AssumeRoleWithWebIdentity", "--where", "StringEquals accounts.google.com:aud a"],
        ["--resource", "arn:aws:s3:::b"],
    ):
        assert prove.data("access-not-granted", policy, *asked)[1]["notes"] == []


@pytest.mark.parametrize(
    "where",
    [
        ["Bool aws:SecureTransport yes"],
        ["StringEquals aws:RequestedRegion a", "StringEquals aws:RequestedRegion b"],
        ["Null aws:SourceIp true", "IpAddress aws:SourceIp 10.0.0.0/8"],
    ],
)
def test_a_condition_that_no_request_fulfils_is_refused(prove: Prove, where: list[str]) -> None:
    options = [word for text in where for word in ("--where", text)]
    status, shown = prove("access-not-granted", prove.file("p.json", allow()), "--action", "s3:*", *options)
    assert status == 2
    assert "no request can fulfil" in shown


def test_a_condition_that_a_caller_never_fulfils_is_refused(prove: Prove) -> None:
    caller = ("access-not-granted", "--account", GUIDE / "account.yaml", "--user", "bob", "--action", "iam:CreateUser")
    status, shown = prove(*caller, "--where", "StringEquals aws:username alice")
    assert status == 2
    assert "no request of `bob` can fulfil" in shown
    assert prove(*caller, "--where", "StringEquals aws:username bob")[0] == 0


def test_a_policy_from_standard_input(prove: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(prove.file("p.json", allow("s3:GetObject", "*", **PUBLIC))).read_bytes()
    for question in (
        ("access-not-granted", "-", "--action", "s3:*"),
        ("no-public-access", "-"),
        ("no-new-access", prove.file("o.json", allow("ec2:*", **PUBLIC)), "-"),
    ):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert prove(*question, "--format", "concise")[0] == 1


@pytest.mark.parametrize("question", [("no-new-access",), ("access-not-granted", "--action", "s3:*")])
def test_an_account_where_a_policy_belongs(prove: Prove, question: tuple[str, ...]) -> None:
    files = [GUIDE / "account.yaml"] * (2 if question[0] == "no-new-access" else 1)
    status, shown = prove(*question, *files)
    assert status == 2
    assert "holds an account" in shown
    assert "--user" in shown


# ---- an account's whole stack as one question


def replayed(answer: dict[str, Any], account: Account) -> str:
    """What the account's policies together decide of the counterexample."""
    example = answer["counterexample"]
    caller, resource = Principal.parse(example["principal"]), Resource.parse(example["resource"])
    request = Request(caller, example["action"], resource, example["context"])
    return decide(account.policy_set(request), request).decision.value


@pytest.mark.parametrize(
    ("action", "is_granted"),
    [
        ("s3:*", True),
        ("cloudtrail:StopLogging", False),  # no SCP of the account allows it (workload-services.json)
        ("organizations:LeaveOrganization", False),
    ],
)
def test_identity_policies_and_scps_together(prove: Prove, action: str, is_granted: bool) -> None:
    """An administrator of the company: the identity policy allows everything, the SCPs do not."""
    question = ("access-not-granted", "--account", COMPANY / "account.yaml", "--user", "amara", "--action", action)
    status, answer = prove.data(*question)
    assert status == (1 if is_granted else 0)
    if is_granted:
        assert replayed(answer, Account.load(str(COMPANY / "account.yaml"))) == "allowed"
        files = [statement["file"] for statement in answer["newAccess"][0]["statements"]]
        assert any("authorization-details" in file for file in files[:1])
        assert any("scp" in file for file in files[1:])
    shown = prove(*question)[1]
    assert ("= let through by: " in shown) is is_granted


@pytest.mark.parametrize("name", ["an SCP's exception", "an RCP's exception"])
def test_scps_and_rcps(prove: Prove, name: str) -> None:
    change = CHANGES[name]
    assert change.kind in (PolicyKind.SCP, PolicyKind.RCP)
    old, new = prove.file("o.json", *change.old), prove.file("n.json", *change.new)
    kind = ("--kind", change.kind.value)
    status, answer = prove.data("no-new-access", old, new, *kind)
    assert status == 1
    assert any("every other policy allows the request" in text for text in answer["assumptions"])
    assert prove.data("no-new-access", new, old, *kind)[0] == 0
