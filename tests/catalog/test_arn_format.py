"""ARN formats against ARNs and ARN patterns.

Source: Service Authorization Reference, resource types of S3, IAM, EC2, DynamoDB and CloudWatch Logs.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.catalog.arn_format import Format, arn_fits, pattern_overlaps
from policyeval.catalog.catalog import catalog


@pytest.mark.parametrize(
    ("service", "resource_type", "pattern", "expected"),
    [
        ("s3", "bucket", "arn:aws:s3:::b", True),
        ("s3", "bucket", "arn:aws:s3:::b*", True),
        ("s3", "bucket", "arn:aws:s3:::b/*", False),
        ("s3", "bucket", "arn:aws:s3:::*", True),
        ("s3", "bucket", "arn:aws:s3:::*/k", False),
        ("s3", "bucket", "*", True),
        ("s3", "bucket", "**", True),
        ("s3", "bucket", "", False),
        ("s3", "bucket", "b", False),
        ("s3", "bucket", "arn:aws:s3", True),
        ("s3", "bucket", "arn:aws:sqs", False),
        ("s3", "bucket", "arn:aws:s3:us-east-1::b", False),
        ("s3", "bucket", "arn:aws:s3:*:*:b", True),
        ("s3", "bucket", "ARN:AWS:S3:::b", True),
        ("s3", "object", "arn:aws:s3:::b", False),
        ("s3", "object", "arn:aws:s3:::b/k", True),
        ("s3", "object", "arn:aws:s3:::b/", False),
        ("s3", "object", "arn:aws:s3:::b*", True),
        ("s3", "object", "arn:aws:s3:::b?*", True),
        ("s3", "object", "arn:aws:s3:::${aws:PrincipalTag/team}", True),
        ("s3", "object", "arn:aws:s3:::b/${aws:username}/*", True),
        ("iam", "user", "arn:aws:iam::123456789012:user/a/b", True),
        ("iam", "user", "arn:aws:iam::123456789012:u*", True),
        ("iam", "user", "arn:aws:iam::123456789012:role/a", False),
        ("iam", "user", "arn:aws:iam:::user/a", False),
        ("iam", "user", "arn:aws:iam::*:user/${aws:username}", True),
        ("iam", "user", "arn:aws:iam::123456789012:USER/a", False),
        ("dynamodb", "table", "arn:aws:dynamodb:*:*:table/t/index/i", False),
        ("dynamodb", "index", "arn:aws:dynamodb:*:*:table/t/index/i", True),
        ("dynamodb", "index", "arn:aws:dynamodb:*:*:table/t*", True),
        ("logs", "log-group", "arn:aws:logs:*:*:log-group:/aws/lambda/f:*", True),
        ("ec2", "instance", "arn:aws:ec2:*:*:instance/i-?", True),
        ("apigateway", "restapi", "arn:aws:apigateway:*::/restapis/a", True),
        ("braket", "device", "arn:aws:braket:::device/quantum-simulator/amazon/sv1", True),
    ],
)
def test_whether_a_pattern_can_name_a_resource(service: str, resource_type: str, pattern: str, expected: bool) -> None:
    found = catalog().service(service)
    assert found is not None
    kind = found.resource_type(resource_type)
    if kind is None:
        pytest.fail(f"no resource type {resource_type} in {sorted(found.resource_types)}")
    assert kind.could_be(pattern) is expected


@pytest.mark.parametrize(
    ("service", "resource_type", "arn", "expected"),
    [
        ("s3", "bucket", "arn:aws:s3:::b", True),
        ("s3", "bucket", "arn:aws:s3:::b/k", False),
        ("s3", "object", "arn:aws:s3:::b/k/l", True),
        ("s3", "object", "arn:aws:s3:::b/*", True),
        ("s3", "object", "arn:aws:s3:::b", False),
        ("iam", "user", "arn:aws-cn:iam::123456789012:user/a", True),
        ("iam", "user", "arn:aws:iam::123456789012:user/", False),
        ("iam", "user", "*", False),
        ("iam", "user", "arn:aws:iam", False),
    ],
)
def test_whether_an_arn_fits(service: str, resource_type: str, arn: str, expected: bool) -> None:
    found = catalog().service(service)
    assert found is not None
    kind = found.resource_type(resource_type)
    assert kind is not None
    assert kind.fits(arn) is expected


def test_a_format_has_several_spellings() -> None:
    service = catalog().service("apigateway")
    assert service is not None
    authorizer = service.resource_type("Authorizer")
    assert authorizer is not None
    assert len(authorizer.arn_formats) == 2
    assert authorizer.could_be("arn:aws:apigateway:*::/restapis/a/authorizers/b")
    assert authorizer.could_be("arn:aws:apigateway:*::/apis/a/authorizers/b")


TEMPLATES = ["${X}", "a${X}", "${X}b", "${X}a${Y}", "a*", "*", "a*${X}", "ab", ""]
WORDS = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]


def fits_by_definition(template: str, word: str) -> bool:
    """A placeholder takes one character or more, a star any number: tried one by one."""
    if not template:
        return not word
    if template.startswith("${"):
        rest = template.partition("}")[2]
        return any(fits_by_definition(rest, word[length:]) for length in range(1, len(word) + 1))
    if template[0] == "*":
        return any(fits_by_definition(template[1:], word[length:]) for length in range(len(word) + 1))
    return word[:1] == template[0] and fits_by_definition(template[1:], word[1:])


def glob(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(glob(pattern[1:], word[length:]) for length in range(len(word) + 1))
    return bool(word) and pattern[0] in ("?", word[0]) and glob(pattern[1:], word[1:])


@pytest.mark.parametrize("template", TEMPLATES)
def test_fitting_is_what_its_definition_says(template: str) -> None:
    form = Format(template, {})
    for word in WORDS:
        assert form.fits(word) is fits_by_definition(template, word), word


@pytest.mark.parametrize("template", TEMPLATES)
def test_overlapping_is_having_a_word_in_common(template: str) -> None:
    """Words up to length 7 suffice for patterns up to length 3 and these templates."""
    form = Format(template, {})
    words = ["".join(letters) for length in range(8) for letters in itertools.product("ab", repeat=length)]
    fitting = [word for word in words if fits_by_definition(template, word)]
    for length in range(4):
        for letters in itertools.product("ab*?", repeat=length):
            pattern = "".join(letters)
            assert form.overlaps(pattern) is any(glob(pattern, word) for word in fitting), pattern


@given(st.text("ab/", max_size=6))
def test_an_excluded_character_stays_out_of_its_placeholder(word: str) -> None:
    form = Format("${Bucket}/${Key}", {"Bucket": "/"})
    bucket, slash, key = word.partition("/")
    assert form.fits(word) is bool(bucket and slash and key)


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    template = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    if arn_fits(template, text):
        assert pattern_overlaps(template, text)
    assert pattern_overlaps(template, "*")


def test_a_pathological_pattern_does_not_hang() -> None:
    service = catalog().service("ec2")
    assert service is not None
    pattern = "arn:aws:ec2:*:*:" + "*a" * 10_000 + "b"
    answers = [kind.could_be(pattern) for kind in list(service.resource_types.values())[:10]]
    assert len(answers) == 10
