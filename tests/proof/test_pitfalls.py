"""The places where other provers of IAM policies go wrong: each a test of its own.

Every refutation is replayed by the reference evaluator inside `ask`.
"""

from __future__ import annotations

import itertools

from policyeval.policy.kind import PolicyKind
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import Asked, access_not_granted, no_new_access
from tests.proof.asking import Statement, allow, ask, counterexample, deny, policy, proved, refuted

HOME = "arn:aws:s3:::b/${aws:username}/*"
USERNAME = "aws:username"


class TestVariables:
    """1: `${aws:username}` as an opaque text is sound on the positive side only."""

    def test_a_home_directory_is_part_of_the_bucket(self) -> None:
        assert proved([allow(resource=HOME)], [allow(resource="arn:aws:s3:::b/*")])
        assert refuted([allow(resource="arn:aws:s3:::b/*")], [allow(resource=HOME)])

    def test_a_complement_of_a_variable_does_not_hold_every_other_name(self) -> None:
        """`NotResource b/${aws:username}/*` leaves out `b/bob/*` for bob himself."""
        old = [allow(Resource=None, NotResource=HOME)]
        assert refuted([allow(resource="arn:aws:s3:::b/bob/*")], old)

    def test_a_deny_on_a_variable_takes_some_of_a_wildcard(self) -> None:
        assert refuted([allow(resource="arn:aws:s3:::b/*")], [allow(resource="arn:aws:s3:::b/*"), deny(resource=HOME)])

    def test_a_question_mark_does_not_stand_for_a_value(self) -> None:
        assert refuted([allow(resource=HOME)], [allow(resource="arn:aws:s3:::b/?/*")])

    def test_every_value_has_at_least_one_character(self) -> None:
        assert proved([allow(resource=HOME)], [allow(resource="arn:aws:s3:::b/?*/*")])

    def test_the_same_variable_twice_is_one_value(self) -> None:
        twice = "arn:aws:s3:::b/${aws:username}/${aws:username}"
        assert proved([allow(resource=twice)], [allow(resource="arn:aws:s3:::b/${AWS:UserName}/${aws:username}")])
        assert refuted([allow(resource="arn:aws:s3:::b/${aws:username}/${aws:userid}")], [allow(resource=twice)])

    def test_wildcards_in_a_value_are_literal(self) -> None:
        """A user named `*` owns only the home directory `*`."""
        old = [allow(resource="arn:aws:s3:::b/*/x", when={"StringEquals": {USERNAME: "*"}})]
        new = [allow(resource="arn:aws:s3:::b/${aws:username}/x", when={"StringEquals": {USERNAME: "*"}})]
        assert proved(new, old)
        assert refuted(old, new)

    def test_escapes_are_plain_characters(self) -> None:
        assert proved([allow(resource="arn:aws:s3:::b/${*}")], [allow(resource="arn:aws:s3:::b/*")])
        assert refuted([allow(resource="arn:aws:s3:::b/*")], [allow(resource="arn:aws:s3:::b/${*}")])
        assert counterexample([allow(resource="arn:aws:s3:::b/${*}")], []).resource.arn == "arn:aws:s3:::b/*"

    def test_a_default_stands_for_a_missing_key(self) -> None:
        default = "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*"
        assert refuted([allow(resource=default)], [allow(resource="arn:aws:s3:::b/${aws:PrincipalTag/team}/*")])
        assert proved(
            [allow(resource="arn:aws:s3:::b/${aws:PrincipalTag/team}/*")], [allow(resource="arn:aws:s3:::b/*")]
        )

    def test_an_unresolved_variable_matches_nothing(self) -> None:
        """The Deny vanishes for role sessions, which have no user name."""
        request = counterexample(
            [allow(resource="arn:aws:s3:::b/*"), deny(resource="arn:aws:s3:::b/${aws:username}*")],
            [allow(resource="arn:aws:s3:::b/*"), deny(resource="arn:aws:s3:::b/*")],
        )
        assert request.resource.arn.startswith("arn:aws:s3:::b/")

    def test_variables_are_text_in_the_old_version(self) -> None:
        old = policy(allow(resource=HOME), version="2008-10-17")
        assert no_new_access(policy(allow(resource=HOME)), old).verdict is Verdict.REFUTED
        assert no_new_access(old, old).verdict is Verdict.PROVED

    def test_the_empty_text_stands_for_no_other(self) -> None:
        """Found by the fuzzer: "" passes `StringNotLike` as a name does, but resolves no variable."""
        some = {"StringNotLike": {USERNAME: ["b*", "?ob", "alice"]}}
        assert refuted([allow(Resource=None, NotResource=HOME, when=some)], [allow(resource=HOME, when=some)])


class TestCorrelation:
    """2: a variable and a condition on its key speak of one value."""

    def test_bob_has_bobs_home(self) -> None:
        bob = {"StringEquals": {USERNAME: "bob"}}
        assert proved([allow(resource=HOME, when=bob)], [allow(resource="arn:aws:s3:::b/bob/*")])
        assert proved([allow(resource="arn:aws:s3:::b/bob/*", when=bob)], [allow(resource=HOME)])

    def test_somebody_else_has_not(self) -> None:
        not_bob = {"StringNotEquals": {USERNAME: "bob"}}
        assert refuted([allow(resource=HOME, when=not_bob)], [allow(resource="arn:aws:s3:::b/bob/*")])
        assert proved([allow(resource=HOME, when=not_bob), deny(resource="arn:aws:s3:::b/*")], [])

    def test_only_bobs_home_is_bobs_whatever_it_is_listed_with(self) -> None:
        """`home/bob` is in `home/${aws:username}` only once the name is known, and `home/alice` is not then."""
        bob = {"StringEquals": {USERNAME: "bob"}}
        for names in itertools.permutations(("bob", "alice", "eve")):
            homes = [f"arn:aws:s3:::b/{name}/k" for name in names]
            assert refuted([allow(resource=homes, when=bob)], [allow(resource=HOME)])
            assert refuted([allow(resource=homes, when=bob)], [allow(Resource=None, NotResource=HOME, when=bob)])
            assert refuted([allow(resource=homes, when=bob), deny(resource=HOME)], [])
            assert refuted(
                [allow("*", "*"), deny(Action=None, NotAction="s3:*")],
                [allow("*", "*"), deny(resource=homes, when=bob), deny(Action=None, NotAction="s3:*")],
            )

    def test_each_of_several_pinned_variables_counts(self) -> None:
        both = {"StringEquals": {USERNAME: "bob", "aws:PrincipalTag/t": "x"}}
        old = [allow(resource="arn:aws:s3:::b/${aws:username}/${aws:PrincipalTag/t}")]
        for names in itertools.permutations(("bob/x", "x/bob", "bob/bob")):
            assert refuted([allow(resource=[f"arn:aws:s3:::b/{name}" for name in names], when=both)], old)
        assert proved([allow(resource="arn:aws:s3:::b/bob/x", when=both)], old)

    def test_a_condition_on_two_keys_is_never_called_refuted_without_a_request(self) -> None:
        own = {"StringEquals": {"s3:prefix": "${aws:username}"}}
        like = {"StringLike": {"s3:prefix": "${aws:username}"}}
        assert ask([allow(when=own)], [allow(when=like)]).verdict is not Verdict.REFUTED
        assert refuted([allow(when={"Null": {"s3:prefix": "false"}})], [allow(when=own)])

    def test_a_value_that_another_holds_with_the_same_variable(self) -> None:
        """As in AWSEC2VssSnapshotPolicy, where `StringLike *${…}` became an ARN."""

        def when(operator: str, *values: str) -> Statement:
            return allow(when={operator: {"ec2:SourceInstanceARN": list(values)}})

        arn = when("ArnLike", "arn:aws:ec2:*:*:instance/${ec2:InstanceId}")
        assert proved([arn], [when("StringLike", "*${ec2:InstanceId}")])
        assert proved([arn], [when("ArnEquals", "arn:*:ec2:*:*:*/${ec2:InstanceId}", "none")])
        assert proved(
            [when("StringEquals", "a/${ec2:InstanceId}")], [when("StringLikeIfExists", "?/${ec2:InstanceId}")]
        )
        assert refuted([when("StringLike", "*${ec2:InstanceId}")], [arn])
        assert refuted([arn], [when("StringLike", "*${aws:userid}")])
        for other in ("arn:aws:ec2:*:*:instance/?", "arn:aws:ec2:*:*:instance/${ec2:InstanceId}/*"):
            assert not proved([arn], [when("ArnLike", other)])
        assert not proved(
            [when("StringLikeIfExists", "*${ec2:InstanceId}")], [when("StringLike", "*${ec2:InstanceId}")]
        )
        assert not proved([when("StringEquals", "*${ec2:InstanceId}")], [when("StringEquals", "**${ec2:InstanceId}")])
        assert not proved([when("ForAllValues:StringLike", "*${aws:userid}")], [when("StringLike", "*${aws:userid}")])

    def test_a_condition_on_a_variable_asks_for_both_keys(self) -> None:
        own = allow(when={"StringEquals": {"aws:ResourceTag/p": "${aws:PrincipalTag/p}"}})
        for key in ("aws:ResourceTag/p", "aws:PrincipalTag/p"):
            present = allow(when={"Null": {key: "false"}})
            assert proved([own], [present])
            assert refuted(
                [allow(when={"StringEqualsIfExists": {"aws:ResourceTag/p": "${aws:PrincipalTag/p}"}})], [present]
            )
        default = allow(when={"StringEquals": {"aws:ResourceTag/p": "${aws:PrincipalTag/p, 'x'}"}})
        assert refuted([default], [allow(when={"Null": {"aws:PrincipalTag/p": "false"}})])

    def test_one_of_several_values_can_be_had(self) -> None:
        values = ["${aws:PrincipalTag/t}", "b${*}"]
        new = allow("s3:Get*", when={"StringEquals": {USERNAME: values}})
        assert refuted([new], [allow("s3:?etObject", "arn:aws:s3:::b/???")])
        assert refuted(
            [allow(when={"StringEquals": {USERNAME: values}})], [allow(when={"StringEquals": {USERNAME: values[:1]}})]
        )

    def test_a_tag_of_the_callers_own_that_need_not_be_there(self) -> None:
        """Whichever of the two conditions is looked at first: what a missing tag allows is found in every run."""
        own = {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
        assert refuted([allow(when={"StringEqualsIfExists": own})], [allow(when={"StringEquals": own})])

    def test_a_prefix_that_lost_its_slash(self) -> None:
        wide, narrow = (
            {"StringLike": {"s3:prefix": text}} for text in ("home/${aws:username}*", "home/${aws:username}/*")
        )
        assert refuted([allow(when=wide)], [allow(when=narrow)])


class TestMissingKeys:
    """3: positive operators fail on a missing key, negated ones hold."""

    def test_negated_operators_hold_without_the_key(self) -> None:
        negated = {"StringNotEquals": {USERNAME: "bob"}}
        assert refuted([allow(when=negated)], [allow(when={**negated, "Null": {USERNAME: "false"}})])
        assert proved([allow(when={"Null": {USERNAME: "true"}})], [allow(when=negated)])

    def test_if_exists_holds_without_the_key(self) -> None:
        region = {"aws:RequestedRegion": "eu-west-1"}
        assert refuted([allow(when={"StringEqualsIfExists": region})], [allow(when={"StringEquals": region})])
        assert proved([allow(when={"StringEquals": region})], [allow(when={"StringEqualsIfExists": region})])

    def test_a_star_asks_for_presence_and_its_negation_for_absence(self) -> None:
        assert proved([allow(when={"StringLike": {USERNAME: "*"}})], [allow(when={"Null": {USERNAME: "false"}})])
        assert proved([allow(when={"StringNotLike": {USERNAME: "*"}})], [allow(when={"Null": {USERNAME: "true"}})])
        assert proved([allow(when={"Null": {USERNAME: "false"}})], [allow(when={"StringLike": {USERNAME: "*"}})])

    def test_a_deny_without_mfa_spares_long_term_keys(self) -> None:
        """`Bool aws:MultiFactorAuthPresent false` does not fire when the key is absent; `BoolIfExists` does."""
        mfa = {"aws:MultiFactorAuthPresent": "false"}
        loose = [allow(), deny(when={"Bool": mfa})]
        strict = [allow(), deny(when={"BoolIfExists": mfa})]
        assert proved(strict, loose)
        assert refuted(loose, strict)
        assert "aws:MultiFactorAuthPresent" not in counterexample(loose, strict).context

    def test_for_all_values_holds_on_nothing(self) -> None:
        tags = {"aws:TagKeys": ["a"]}
        assert refuted(
            [allow(when={"ForAllValues:StringEquals": tags})], [allow(when={"ForAnyValue:StringEquals": tags})]
        )
        guarded = {"ForAllValues:StringEquals": tags, "Null": {"aws:TagKeys": "false"}}
        assert ask([allow(when=guarded)], [allow(when={"ForAnyValue:StringEquals": tags})]).verdict is Verdict.REFUTED


class TestGroups:
    """Entries that the covers treat alike are searched together: what is true of one must be true of all."""

    def test_an_entry_that_names_nothing_says_nothing_of_its_neighbours(self) -> None:
        for empty in ("arn:aws:s3:::", "arn:aws::::b", "arn::s3:::b"):
            for entries in ([empty, "arn:aws:s3:::b"], ["arn:aws:s3:::b", empty]):
                assert refuted([allow(resource=entries)], [allow(resource="arn:aws:s3:::c")])
            assert proved([allow(resource=empty)], [])

    def test_an_action_without_a_name_says_nothing_of_its_neighbours(self) -> None:
        for entries in (["s3:", "s3:GetObject"], ["s3:GetObject", "s3:"]):
            assert refuted([allow(entries)], [allow("ec2:*")])


class TestCase:
    """4: actions and keys ignore case, resources and values do not."""

    def test_a_spelling_that_no_list_holds(self) -> None:
        any_case = [allow(when={"StringEqualsIgnoreCase": {USERNAME: "BO"}})]
        spellings = ["bo", "Bo", "bO", "BO"]
        assert not refuted(any_case, [allow(when={"StringEquals": {USERNAME: spellings}})])
        for left_out in spellings:
            some = [spelling for spelling in spellings if spelling != left_out]
            assert refuted(any_case, [allow(when={"StringEquals": {USERNAME: some}})])

    def test_actions_and_keys_ignore_case(self) -> None:
        assert proved([allow("S3:GETOBJECT")], [allow("s3:getObject")])
        region = "eu-west-1"
        assert proved(
            [allow(when={"StringEquals": {"AWS:requestedREGION": region}})],
            [allow(when={"StringEquals": {"aws:RequestedRegion": region}})],
        )

    def test_resources_and_values_do_not(self) -> None:
        assert refuted([allow(resource="arn:aws:s3:::b/K")], [allow(resource="arn:aws:s3:::b/k")])
        assert refuted(
            [allow(when={"StringEquals": {USERNAME: "Bob"}})], [allow(when={"StringEquals": {USERNAME: "bob"}})]
        )

    def test_but_ignoring_case_does(self) -> None:
        assert proved(
            [allow(when={"StringEquals": {USERNAME: "Bob"}})],
            [allow(when={"StringEqualsIgnoreCase": {USERNAME: "bob"}})],
        )


class TestCombining:
    """5: several values under a negated operator are NOR; keys and operators are AND, also on one key."""

    def test_a_negated_list_means_none_of_them(self) -> None:
        both = {"StringNotEquals": {USERNAME: ["alice", "bob"]}}
        assert proved([allow(when=both)], [allow(when={"StringNotEquals": {USERNAME: "bob"}})])
        assert refuted([allow(when={"StringNotEquals": {USERNAME: "bob"}})], [allow(when=both)])

    def test_two_operators_on_one_key_meet(self) -> None:
        between = {"NumericGreaterThan": {"s3:max-keys": "5"}, "NumericLessThan": {"s3:max-keys": "3"}}
        assert proved([allow(when=between)], [])
        assert proved([allow(when={"StringLike": {USERNAME: "a*"}, "StringNotLike": {USERNAME: "a*"}})], [])

    def test_cases_together_hold_everything(self) -> None:
        is_eu, not_eu = (
            {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
            {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
        )
        assert proved([allow()], [allow(when=is_eu), allow(when=not_eu)])
        assert refuted([allow()], [allow(when=is_eu)])


class TestArns:
    """6: ARN comparisons go segment by segment, text comparisons cross everything."""

    def test_a_region_wildcard_does_not_swallow_a_colon(self) -> None:
        assert refuted(
            [allow(when={"StringLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:t"}})],
            [allow(when={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:t"}})],
        )
        assert proved(
            [allow(when={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:t"}})],
            [allow(when={"StringLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:t"}})],
        )

    def test_short_arns_are_padded(self) -> None:
        assert proved([allow(resource="arn:aws:s3:::b/*")], [allow(resource="arn:aws:s3")])
        assert refuted([allow(resource="*")], [allow(resource="arn:*")])  # a request on no particular resource

    def test_the_last_segment_keeps_its_colons(self) -> None:
        log = "arn:aws:logs:eu-west-1:123456789012:log-group:g:log-stream:s"
        assert proved([allow("logs:*", log)], [allow("logs:*", "arn:aws:logs:*:*:log-group:*")])


class TestAddresses:
    """7: families of addresses never meet."""

    def test_all_of_ipv4_is_not_everything(self) -> None:
        assert refuted([allow()], [allow(when={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})])

    def test_not_an_ipv4_address_may_be_an_ipv6_one(self) -> None:
        request = counterexample([allow(when={"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}})], [])
        address = request.context.get("aws:SourceIp")
        assert address is None or ":" in str(address)

    def test_ranges_add_up(self) -> None:
        halves = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}}
        assert proved([allow(when={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], [allow(when=halves)])
        assert refuted([allow(when={"IpAddress": {"aws:SourceIp": "10.0.0.0/7"}})], [allow(when=halves)])


class TestAlphabet:
    """8: keys of objects hold blanks and letters beyond ASCII."""

    def test_a_union_of_ascii_prefixes_is_not_everything(self) -> None:
        letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()+,-./:;<=>@[]^_`{|}~ "
        old = [allow(resource=[f"arn:aws:s3:::b/{letter}*" for letter in letters])]
        request = counterexample([allow(resource="arn:aws:s3:::b/?*")], old)
        assert not request.resource.arn.isascii()

    def test_lengths_are_counted(self) -> None:
        assert proved([allow(resource="arn:aws:s3:::b/*")], [allow(resource=["arn:aws:s3:::b/?*", "arn:aws:s3:::b/"])])
        assert refuted([allow(resource="arn:aws:s3:::b/*")], [allow(resource="arn:aws:s3:::b/??*")])


class TestTypes:
    """9: a condition on a list-valued key; keys that hold one value are taken at AWS's word."""

    def test_a_single_valued_key_is_equal_or_not(self) -> None:
        region = {"aws:RequestedRegion": "eu-west-1"}
        assert proved([allow()], [allow(when={"StringEquals": region}), allow(when={"StringNotEquals": region})])

    def test_a_list_without_set_operator_is_neither(self) -> None:
        """semantics 5.3: without `ForAllValues` or `ForAnyValue` a list never matches, negated or not."""
        tags = {"aws:TagKeys": "a"}
        assert refuted([allow()], [allow(when={"StringEquals": tags}), allow(when={"StringNotEquals": tags})])


class TestOldDenies:
    """10: what an old Deny held back is new access once the Deny is gone or narrower."""

    def test_a_removed_deny(self) -> None:
        assert refuted([allow("*")], [allow("*"), deny("iam:*")])

    def test_a_narrowed_deny(self) -> None:
        request = counterexample([allow("*"), deny("iam:Create*")], [allow("*"), deny("iam:*")])
        assert request.action.lower().startswith("iam:")

    def test_a_deny_of_nothing_allowed_is_no_difference(self) -> None:
        assert proved([allow("s3:*")], [allow("s3:*"), deny("iam:*")])

    def test_a_deny_kept_in_other_words(self) -> None:
        assert proved([allow("*"), deny(["iam:*", "sts:*"])], [allow("*"), deny("iam:*"), deny("sts:*")])
        assert proved([allow("*"), deny(Action=None, NotAction="s3:*")], [allow("*"), deny("iam:*"), deny("ec2:*")])


class TestLevels:
    """12: SCPs of one level are a union; RCPs only deny."""

    def test_scps_of_one_level_are_a_union(self) -> None:
        kind = PolicyKind.SCP
        one, two = policy(allow("s3:*"), kind=kind), policy(allow("ec2:*"), kind=kind)
        both = policy(allow(["s3:*", "ec2:*"]), kind=kind)
        assert no_new_access([one, two], [both]).verdict is Verdict.PROVED
        assert no_new_access([both], [one, two]).verdict is Verdict.PROVED
        assert no_new_access([both], [one]).verdict is Verdict.REFUTED

    def test_an_rcp_grants_nothing_and_lifting_it_does(self) -> None:
        kind = PolicyKind.RCP
        strict = deny("s3:*", Principal="*", when={"Bool": {"aws:SecureTransport": "false"}})
        assert proved([strict], [deny("sqs:*", "arn:aws:sqs:*:*:x", Principal="*")], kind) is False
        assert proved([strict, deny("sqs:*", Principal="*")], [strict], kind)

    def test_an_rcp_on_a_service_without_rcps_denies_nothing(self) -> None:
        kind = PolicyKind.RCP
        assert proved([deny("s3:*", Principal="*")], [deny(["s3:*", "ec2:*"], Principal="*")], kind)


class TestUnknown:
    """13: what is not decided is never a success."""

    def test_a_budget_that_is_spent_is_unknown(self) -> None:
        keys = [f"custom:k{number}" for number in range(8)]
        new = policy(*(allow(when={"StringEquals": {key: "a"}}) for key in keys))
        old = policy(*(allow(when={"StringEquals": {key: ["a", "b"]}, "Null": {"custom:z": "false"}}) for key in keys))
        outcome = no_new_access(new, old, budget=3)
        assert outcome.verdict is Verdict.UNKNOWN
        assert outcome.doubts

    def test_private_characters_are_unknown_rather_than_wrong(self) -> None:
        kind = PolicyKind.RESOURCE
        odd = policy(allow(resource="arn:aws:s3:::b/\ue000", Principal="*"), kind=kind)
        wide = policy(allow(resource="arn:aws:s3:::c/*", Principal="*"), kind=kind)
        assert no_new_access(wide, odd).verdict is Verdict.UNKNOWN

    def test_large_intersections_are_never_called_proved(self) -> None:
        first = "arn:aws:s3:::b/" + "".join(f"*a{n}" for n in range(6)) + "*"
        second = "arn:aws:s3:::b/" + "".join(f"*b{n}" for n in range(6)) + "*"
        outcome = ask([allow(resource=first)], [allow(resource=first), deny(resource=second)])
        assert outcome.verdict is not Verdict.PROVED


class TestAlwaysAllowed:
    """`sts:GetCallerIdentity` needs no permission (STS API Reference), but for callers without credentials."""

    def test_granting_it_grants_nothing(self) -> None:
        assert proved([allow("sts:GetCallerIdentity")], [])
        assert access_not_granted(policy(allow("sts:*")), [Asked(("sts:GetCallerIdentity",))]).verdict is Verdict.PROVED

    def test_but_for_callers_without_credentials(self) -> None:
        everyone = [allow("sts:GetCallerIdentity", Principal="*")]
        account = [allow("sts:GetCallerIdentity", Principal={"AWS": "111122223333"})]
        assert refuted(everyone, account, PolicyKind.RESOURCE)


class TestPrincipals:
    """Resource policies: who is spoken of is a dimension like any other."""

    def test_an_account_holds_its_users(self) -> None:
        bob = {"AWS": "arn:aws:iam::111122223333:user/bob"}
        assert proved([allow(Principal=bob)], [allow(Principal={"AWS": "111122223333"})], PolicyKind.RESOURCE)
        assert refuted([allow(Principal={"AWS": "111122223333"})], [allow(Principal=bob)], PolicyKind.RESOURCE)

    def test_a_role_holds_its_sessions(self) -> None:
        role = {"AWS": "arn:aws:iam::111122223333:role/r"}
        session = {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}
        assert refuted([allow(Principal=role)], [allow(Principal=session)], PolicyKind.RESOURCE)

    def test_everyone_but_one_is_still_everyone_else(self) -> None:
        bob = {"AWS": "arn:aws:iam::111122223333:user/bob"}
        old = [allow(NotPrincipal=bob)]
        assert refuted([allow(Principal="*")], old, PolicyKind.RESOURCE)
        assert proved([allow(Principal={"AWS": "arn:aws:iam::444455556666:user/eve"})], old, PolicyKind.RESOURCE)
