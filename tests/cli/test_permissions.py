"""`permissions`, `expand` and `shrink`: what they print, and how they exit."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from policyeval.account.account import Account
from policyeval.account.simulators import AccountSimulator
from policyeval.cli.main import main
from policyeval.cli.permissions import table
from policyeval.diagnostics.style import Style
from policyeval.evaluation.action_sets import action_sets

ROOT = Path(__file__).parent.parent.parent
GUIDE = str(ROOT / "fixtures" / "guide" / "account.yaml")
SCHEMA = ROOT / "docs" / "schemas" / "permissions-1.json"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exited:
        main(arguments)
    printed = capsys.readouterr()
    status = exited.value.code
    return (status if isinstance(status, int) else 0), printed.out, printed.err


def permissions(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    status, out, err = run(capsys, "permissions", *arguments, "--account", GUIDE)
    assert status == 0
    assert err == "" or err.startswith("note: ")
    return out


def test_services_in_part_are_a_table_and_the_others_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = permissions(capsys, "dave").splitlines()
    assert lines[0] == "dave on `*`"
    assert "denied explicitly" in lines[1]
    assert lines[3].split() == ["service", "List", "Read", "Write", "Tagging", "Permissions"]
    assert [line.split()[0] for line in lines[4:7]] == ["all", "aws-portal", "iam"]
    assert lines[-1].startswith("everything in the other ")
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("user", ["carol", "dave", "erin"])
@pytest.mark.parametrize("resource", ["*", "arn:aws:iam::123456789012:user/erin"])
def test_nothing_is_wider_than_80_columns(capsys: pytest.CaptureFixture[str], user: str, resource: str) -> None:
    out = permissions(capsys, user, resource, "--service", "iam", "--service", "s3")
    out += permissions(capsys, user, resource)
    out += permissions(capsys, user, resource, "--compare", "alice")
    assert max(map(len, out.splitlines())) <= 80


@pytest.fixture
def account(tmp_path: Path) -> str:
    """An account whose users may read, by a policy, and next to nothing, by an SCP."""
    statement = {"Effect": "Allow", "Resource": "*"}
    reader = {"Version": "2012-10-17", "Statement": {**statement, "Action": ["elemental-appliances-software:Get*"]}}
    wide = {
        "Version": "2012-10-17",
        "Statement": {**statement, "NotAction": ["elemental-appliances-software:Get*", "s3:Put*"]},
    }
    denial = {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"}
    scp = {"Version": "2012-10-17", "Statement": [{**statement, "Action": "*"}, denial]}
    for name, document in (("reader", reader), ("wide", wide), ("scp", scp)):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    path = tmp_path / "account.yaml"
    path.write_text(
        'account: "111122223333"\nusers:\n  rita: {policies: [reader.json]}\n  will: {policies: [wide.json]}\n',
        encoding="utf-8",
    )
    return str(path)


def test_a_long_name_has_a_line_of_its_own_within_80_columns(capsys: pytest.CaptureFixture[str], account: str) -> None:
    lines = run(capsys, "permissions", "will", "--account", account)[1].splitlines()
    assert max(map(len, lines)) <= 80
    at = lines.index("elemental-appliances-software")
    assert "/" in lines[at + 1]
    assert lines[at + 1].startswith(" ")


def test_a_selection_is_summed_as_what_it_is(capsys: pytest.CaptureFixture[str], account: str) -> None:
    services = ("--service", "sqs", "--service", "kms")
    lines = run(capsys, "permissions", "rita", "--account", account, *services)[1].splitlines()
    assert [line.split()[0] for line in lines[4:]] == ["together", "kms", "sqs"]


def test_an_scp_that_leaves_little_does_not_fill_the_table(capsys: pytest.CaptureFixture[str], account: str) -> None:
    with open(account, "a", encoding="utf-8") as file:
        file.write("organization:\n  scps: [[scp.json]]\n")
    lines = run(capsys, "permissions", "will", "--account", account)[1].splitlines()
    assert "denied explicitly" in lines[1]
    assert len(lines) < 20
    assert lines[-1].startswith("nothing in the other ")


def test_a_difference_of_many_patterns_is_told_by_service(capsys: pytest.CaptureFixture[str], account: str) -> None:
    reads = {"Effect": "Allow", "Action": [f"{prefix}:Get*" for prefix in _services(80)], "Resource": "*"}
    Path(account).with_name("reader.json").write_text(
        json.dumps({"Version": "2012-10-17", "Statement": reads}), encoding="utf-8"
    )
    Path(account).write_text(
        'account: "111122223333"\nusers:\n  rita: {policies: [reader.json]}\n  nobody: {}\n', encoding="utf-8"
    )
    _, out, err = run(capsys, "permissions", "rita", "--compare", "nobody", "--account", account)
    assert err == ""
    told = " ".join(out.partition("only rita")[2].split("\n\n")[0].split())
    counts = told.partition("actions ")[2].split(", ")
    assert [count.split()[0] for count in counts] == _services(80)
    sets = action_sets()
    assert counts[0] == f"{_services(80)[0]} {sets.of_patterns([f'{_services(80)[0]}:Get*']).bit_count()}"


def _services(count: int) -> list[str]:
    """Services with some actions that get, and others."""
    sets = action_sets()
    getting = [prefix for prefix in sorted(sets.table.service_ranges) if sets.of_patterns([f"{prefix}:Get*"])]
    return [prefix for prefix in getting if sets.of_patterns([f"{prefix}:Get*"]) != sets.of_services([prefix])][:count]


def test_names_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert permissions(capsys, "alice", "--list").split() == ["sts:GetCallerIdentity", "sts:GetSessionToken"]


def test_a_level_and_a_service_select(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(permissions(capsys, "carol", "--service", "SQS", "--level", "tagging", "--format", "csv"))
        )
    )
    assert {row["action"] for row in rows} == {"sqs:TagQueue", "sqs:UntagQueue"}
    assert {row["decision"] for row in rows} == {"allowed"}


def test_json_follows_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    one = json.loads(permissions(capsys, "dave", "--format", "json"))
    two = json.loads(permissions(capsys, "dave", "--compare", "erin", "--format", "json"))
    validator.validate(one)
    validator.validate(two)
    assert one["summary"]["allowed"] == len(one["allowed"])
    assert sum(one["summary"].values()) == len(action_sets().table)
    assert two["onlySecond"] == ["iam:GetAccountPasswordPolicy"]


def test_a_comparison_names_what_only_one_may_do(capsys: pytest.CaptureFixture[str]) -> None:
    out = permissions(capsys, "alice", "--compare", "erin")
    assert "nothing that only alice may do" in out
    assert "only erin, not alice: 1 action\n  iam:GetAccountPasswordPolicy\n" in out
    assert permissions(capsys, "alice", "--compare", "erin", "--list") == "+ iam:GetAccountPasswordPolicy\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("alise",), "did you mean `alice`?"),
        (("alice", "--service", "iaam"), "did you mean `iam`?"),
        (("alice", "--level", "wrote"), "did you mean `write`?"),
        (("alice", "b/k"), "is no ARN"),
        (("alice", "--context", "x"), "is no context"),
    ],
)
def test_what_cannot_be_asked_is_status_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = run(capsys, "permissions", *arguments, "--account", GUIDE)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_table_stays_within_a_narrow_terminal(width: int) -> None:
    simulator = AccountSimulator(Account.load(GUIDE))
    for user in ("dave", "carol", "alice"):
        found = simulator.permissions(user)
        lines = list(table(user, "*", found, found.sets.everything, Style(width=width)))
        assert max(map(len, lines)) <= width
        assert any("Read" in line for line in lines)


def test_actions_that_need_no_resource_are_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    arn = "arn:aws:s3:::x/y"
    lines = permissions(capsys, "dave", arn).splitlines()
    allowed, _, every = lines[1].split()[:3]
    assert int(every) < 100
    assert "work on no particular resource" in lines[2]
    told = json.loads(permissions(capsys, "dave", arn, "--format", "json"))
    assert told["summary"]["allowed"] == int(allowed) == len(permissions(capsys, "dave", arn, "--list").split())
    assert f"{told['summary']['withoutResource']:,} actions work on" in lines[2]
    assert not any(name.startswith("a2c:") for name in told["allowed"])


@pytest.mark.parametrize("format", ["full", "json", "csv"])
def test_a_resource_of_no_known_type_is_said(capsys: pytest.CaptureFixture[str], format: str) -> None:
    arguments = ("dave", "arn:aws:zzz:::x", "--account", GUIDE, "--format", format)
    status, out, err = run(capsys, "permissions", *arguments)
    assert status == 0
    assert "no resource type that AWS lists fits `arn:aws:zzz:::x`" in (err if format == "csv" else out)


def test_missing_keys_that_decide_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    company = str(ROOT / "fixtures" / "company" / "account.yaml")
    out = run(capsys, "permissions", "amara", "--account", company)[1]
    assert "`aws:MultiFactorAuthPresent`" in out
    assert "could change the decision about" in " ".join(out.split())
    values = ("aws:MultiFactorAuthPresent=true", "aws:RequestedRegion=eu-west-1", "aws:SecureTransport=true")
    given = [word for value in values for word in ("--context", value)]
    assert "not in the request" not in run(capsys, "permissions", "amara", "--account", company, *given)[1]


def test_decisions_that_hang_on_a_dispute_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "${aws:PrincipalTag/mfa}"}}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denial = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": condition}
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [everything, denial]}), encoding="utf-8")
    context = ("--context", "aws:MultiFactorAuthPresent=true", "--context", "aws:PrincipalTag/mfa=true")
    arguments = ("permissions", "eve", "--policy", str(path), *context)
    count = action_sets().of_services(["sqs"]).bit_count()
    assert f"{count} decisions uncertain [variable-in-bool]" in " ".join(run(capsys, *arguments)[1].split())
    told = json.loads(run(capsys, *arguments, "--format", "json")[1])
    assert len(told["uncertain"]["variable-in-bool"]) == count


def test_policies_may_take_the_place_of_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(ROOT / "fixtures" / "guide" / "power-user.json")
    assert run(capsys, "permissions", "bob", "--policy", path, "--list", "--service", "iam")[:2] == (0, "")
    names = run(capsys, "permissions", "bob", "--policy", path, "--list", "--service", "sqs")[1]
    assert "sqs:SendMessage" in names.split()
    boundary = run(capsys, "permissions", "carol", "--boundary", path, "--account", GUIDE, "--list", "--service", "iam")
    assert boundary[1] == ""


def test_nothing_to_compare_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    out = permissions(capsys, "dave", "--compare", "dave")
    assert out.count("nothing that only") == 0
    assert "neither may do anything on `*` that the other may not" in out


MFA: dict[str, object] = {
    "Effect": "Allow",
    "Action": "iam:Create*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
}


@pytest.fixture
def mfa(tmp_path: Path) -> str:
    """An account where alice may do with MFA what carol may do anyhow."""
    denial = {**MFA, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policies = {"alice": [MFA], "carol": [{**MFA, "Condition": {}}, denial]}
    users = {name: {"policies": [{"Version": "2012-10-17", "Statement": held}]} for name, held in policies.items()}
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"account": "123456789012", "users": {**users, "bob": users["alice"]}}))
    return str(path)


@pytest.mark.parametrize("format", ["full", "json", "csv"])
def test_a_comparison_keeps_what_either_side_hangs_on(
    capsys: pytest.CaptureFixture[str], mfa: str, format: str
) -> None:
    """Neither may do what the other may not, as long as neither has MFA."""
    status, out, err = run(capsys, "permissions", "alice", "--compare", "carol", "--account", mfa, "--format", format)
    said = " ".join((err if format == "csv" else out).split())
    assert status == 0
    assert "alice: `aws:MultiFactorAuthPresent` is not in the request" in said
    assert "carol: `aws:SecureTransport` is not in the request" in said
    if format == "json":
        jsonschema.validate(json.loads(out), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_a_comparison_says_once_what_both_sides_hang_on(capsys: pytest.CaptureFixture[str], mfa: str) -> None:
    out = run(capsys, "permissions", "alice", "--compare", "bob", "--account", mfa)[1]
    assert "neither may do anything on `*` that the other may not" in out
    assert out.count("`aws:MultiFactorAuthPresent` is") == 1
    assert "alice: " not in out


def test_how_a_bare_name_and_a_policy_are_taken_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [{**MFA, "Resource": "arn:aws:iam::*:user/$<aws:username>"}]})
    )
    out = " ".join(run(capsys, "permissions", "bob", "--policy", str(path), "--service", "iam")[1].split())
    assert "no account is given: `bob` is taken as arn:aws:iam::000000000000:user/bob" in out
    assert "is read as `${aws:username}`" in out


@pytest.fixture
def scoped(tmp_path: Path) -> str:
    """An account where ann has all of one bucket and ben nothing."""
    bucket = {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::production", "arn:aws:s3:::production/*"]}
    listing = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::vault/*"}
    held = {"Version": "2012-10-17", "Statement": [bucket, listing, denial]}
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"account": "123456789012", "users": {"ann": {"policies": [held]}, "ben": {}}}))
    return str(path)


@pytest.mark.parametrize("more", [(), ("--compare", "ben"), ("--list",), ("--format", "csv"), ("--format", "json")])
def test_statements_on_resources_are_not_passed_over_in_silence(
    capsys: pytest.CaptureFixture[str], scoped: str, more: tuple[str, ...]
) -> None:
    """Ann and ben seemed to have the same rights. An action without resource-level permissions is no such right."""
    _, out, err = run(capsys, "permissions", "ann", "--account", scoped, *more)
    said = "1 statement that names resources allows nothing on `*`; name a RESOURCE to ask what is allowed there"
    assert said in " ".join((out + err).split())
    named = run(capsys, "permissions", "ann", "arn:aws:s3:::production/x", "--account", scoped, *more)
    assert "that names resources" not in "".join(map(str, named))
    other = run(capsys, "permissions", "ann", "--account", scoped, "--service", "sqs", *more)
    assert "that names resources" not in "".join(map(str, other))


def test_a_comparison_says_on_what(capsys: pytest.CaptureFixture[str], scoped: str) -> None:
    out = run(capsys, "permissions", "ann", "--compare", "ben", "--account", scoped)[1]
    assert out.startswith("ann and ben on `*`: both may do ")
    assert "neither may do anything on `*` that the other may not" in out
    out = run(capsys, "permissions", "ben", "arn:aws:s3:::b", "--compare", "ben", "--account", scoped)[1]
    assert "neither may do anything there that the other may not" in out


def test_a_count_of_one_key_is_said_once_and_every_key_can_be_given(
    capsys: pytest.CaptureFixture[str], mfa: str
) -> None:
    one = " ".join(run(capsys, "permissions", "alice", "--account", mfa)[1].split())
    assert "`aws:MultiFactorAuthPresent` is not in the request and could change the decision about 15 actions" in one
    account = json.loads(Path(mfa).read_text())
    statements = account["users"]["alice"]["policies"][0]["Statement"]
    statements.append({**statements[0], "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}})
    Path(mfa).write_text(json.dumps(account))
    two = " ".join(run(capsys, "permissions", "alice", "--account", mfa)[1].split())
    assert "`aws:MultiFactorAuthPresent` (15)" in two
    assert "`--context aws:SecureTransport=VALUE --context aws:MultiFactorAuthPresent=VALUE`" in two


@pytest.mark.parametrize(
    "words",
    [
        ("permissions", "alice", "--list", "--format", "json"),
        ("permissions", "alice", "--list", "--format", "csv"),
        ("expand", "s3:*", "--count", "--format", "json"),
        ("expand", "s3:*", "--count", "--format", "csv"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert "is of the full format" in err
    assert err.startswith("error: `--")


def test_permissions_of_a_caller_of_another_account(capsys: pytest.CaptureFixture[str], scoped: str) -> None:
    account = json.loads(Path(scoped).read_text())
    let_in = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:Put*", "Resource": "*"}
    account["resources"] = {"arn:aws:s3:::b": {"Version": "2012-10-17", "Statement": let_in}}
    Path(scoped).write_text(json.dumps(account))
    policy = Path(scoped).with_name("partner.json")
    held = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": held}))
    partner = ("permissions", "arn:aws:iam::444455556666:role/p", "arn:aws:s3:::b/k", "--list", "--account", scoped)
    assert run(capsys, *partner, "--policy", str(policy))[:2] == (0, "s3:PutObject\n")
    assert run(capsys, *partner)[0] == 2


# ---- expand and shrink


def test_expand_lists_each_action_once(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "expand", "sqs:Send*", "SQS:*dMessage", "sqs:SendMessage")
    assert (status, out) == (0, "sqs:SendMessage\n")


def test_expand_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "expand", "*", "--count")[1].strip() == str(len(action_sets().table))
    lines = run(capsys, "expand", "s3:Get*", "s3:*", "--count")[1].splitlines()
    assert [line.split()[1] for line in lines] == ["s3:Get*", "s3:*", "together"]
    assert lines[1].split()[0] == lines[2].split()[0]


def test_expand_reads_a_policy_by_effect(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(ROOT / "fixtures" / "guide" / "power-user.json")
    assert "iam:CreateUser" in run(capsys, "expand", path, "--effect", "Deny")[1].split()


def test_expand_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "# keys\n\nkms:Decrypt # one\n")
    assert run(capsys, "expand", "-")[:2] == (0, "kms:Decrypt\n")
    give(monkeypatch, "")
    assert run(capsys, "expand", "-")[:2] == (0, "")


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_a_line_of_standard_input_is_never_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(ROOT / "fixtures" / "guide" / "power-user.json")
    give(monkeypatch, f"{path}\nkms:Decrypt\n")
    status, out, err = run(capsys, "expand", "-")
    assert (status, out) == (1, "kms:Decrypt\n")
    assert f"`{path}` matches no action" in err


@pytest.mark.parametrize("command", ["expand", "shrink"])
def test_standard_input_is_bounded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("policyeval.reading.most", lambda limit: 1000)
    give(monkeypatch, "kms:Decrypt\n" * 1000)
    status, out, err = run(capsys, command, "-")
    assert (status, out) == (2, "")
    assert "too large: more than 1,000" in err


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("s*:Get*", "no wildcard may stand in the service"),
        ("s3", "did you mean `s3:*`?"),
        ("dynamdb:*", "`dynamdb` is no service, did you mean `dynamodb`?"),
        ("qqqqq", "as `s3:Get*`"),
        ("s3:Gat*", "matches no action\n"),
    ],
)
def test_a_pattern_that_matches_nothing_gets_a_hint(
    capsys: pytest.CaptureFixture[str], pattern: str, message: str
) -> None:
    status, _, err = run(capsys, "expand", pattern)
    assert status == 1
    assert message in err
    status, _, err = run(capsys, "shrink", pattern)
    assert status == 2
    assert message.strip() in err


@pytest.mark.parametrize("format", ["full", "json", "csv"])
def test_a_pattern_that_matches_nothing_is_said_and_status_1(capsys: pytest.CaptureFixture[str], format: str) -> None:
    status, out, err = run(capsys, "expand", "s3:GetObjct", "kms:Decrypt", "--format", format)
    assert status == 1
    assert "kms:Decrypt" in out
    assert err == "`s3:GetObjct` matches no action; did you mean `s3:GetObject`?\n"


def test_shrink_is_the_way_back_and_says_what_a_wildcard_means(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "shrink", "kms:Decrypt", "kms:Decapsulate", "KMS:listkeys")
    assert (status, out) == (0, "kms:Dec*\nkms:ListKeys\n")
    assert "future actions may fall under a wildcard" in err
    _, out, err = run(capsys, "shrink", "kms:ListKeys")
    assert out == "kms:ListKeys\n"
    assert "wildcard" not in err


def test_shrink_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, "shrink", "s3:Get*", "--format", "json")[1])
    assert (told["schema"], told["patterns"]) == ("policyeval.shrink/1", ["s3:Get*"])


def test_shrinking_what_is_no_action_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "shrink", "s3:GetObjct")
    assert (status, out) == (2, "")
    assert "did you mean `s3:GetObject`?" in err
