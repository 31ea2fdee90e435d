"""A resource that no ARN format of its service fits.

## What it does
Reports entries of `Resource` and `NotResource` whose last segment has none of the forms that AWS lists for the
service: a misspelt type (`statemachine/` for `stateMachine:`), `/` where `:` belongs, a name without its type. Where
no format is like it the finding is a warning, since AWS's list is not complete.

## Why is this bad?
Types and separators are part of the ARN and are compared with regard to case. An ARN of another form is that of no
resource, so it matches nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "states:StartExecution",
    "Resource": "arn:aws:states:eu-west-1:123456789012:statemachine:invoice"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "states:StartExecution",
    "Resource": "arn:aws:states:eu-west-1:123456789012:stateMachine:invoice"
  }
}
```

## Fix safety
Not safe: the ARN begins to match.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [IAM identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)
- [Access Analyzer: Invalid ARN resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-arn-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.arn_shapes import Shape, shapes_of_service, shapes_that_fit
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import RESOURCE, SERVICE, WrittenArn, resource_arns
from policyeval.syntax.wildcard import has_wildcard
from policyeval.vocabulary import nearest

SHOWN = 3
UNLISTED = frozenset({"cloudformation:transform", "iam:root", "waf:changetoken", "waf-regional:changetoken"})
"""Services and types of resources that exist although AWS's tables leave them out.

Source: CloudFormation User Guide, security_iam_service-with-iam; IAM User Guide, id_root-user-privileged-task;
AWS managed policies.
"""
INCOMPLETE = frozenset({"apigateway"})
"""Services whose tables list some of the forms only: any path of API Gateway's management API is a resource."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        service = (arn.literal(SERVICE) or "").lower()
        if not arn.is_whole or service in INCOMPLETE or f"{service}:{head_of(arn.segments[RESOURCE])}" in UNLISTED:
            continue
        if service == "iam" and has_wildcard(head_of(arn.segments[RESOURCE])) and not is_open(arn):
            yield wild_type(arn)
            continue
        shapes = shapes_of_service(arn, statement)
        if shapes and not shapes_that_fit(arn, statement):
            yield misfit(arn, shapes, wanted_types(statement, context))


def head_of(resource: str) -> str:
    """The type of a resource part: what stands before the first `/` or `:`."""
    return resource.partition("/")[0].partition(":")[0]


def is_open(arn: WrittenArn) -> bool:
    return not arn.segments[RESOURCE].strip("*")


def wild_type(arn: WrittenArn) -> Remark:
    return Remark(
        f"the resource type of `{arn.text}` holds a wildcard",
        Where(arn.pointer, within=arn.within(RESOURCE)),
        label="the type has to be spelled out",
        notes=("IAM refuses the policy: of its own resources it wants `*` alone or a type such as `user/` or `role/`",),
        help="name the type before the wildcard",
    )


def wanted_types(statement: Statement, context: RuleContext) -> frozenset[tuple[str, str]]:
    """The resource types, with their services, that the statement's actions work on."""
    actions = (context.catalog.action(name) for name in context.actions(statement))
    return frozenset(
        (action.service, kind.name.lower())
        for action in actions
        if action is not None
        for kind in action.resource_types
    )


def misfit(arn: WrittenArn, shapes: tuple[Shape, ...], wanted: frozenset[tuple[str, str]]) -> Remark:
    first = [shape for shape in shapes if (shape.service, shape.resource_type.lower()) in wanted] or list(shapes)
    written = arn.segments[RESOURCE]
    best = correction(written, first) or correction(written, shapes) or completed(written, first if wanted else [])
    forms = list(dict.fromkeys(resource_of(shape) for shape in first))
    shown = ", ".join(f"`{form}`" for form in forms[:SHOWN])
    more = f" and {len(forms) - SHOWN} more" if len(forms) > SHOWN else ""
    return Remark(
        f"`{written}` is no resource of `{arn.segments[SERVICE]}`" if written else "the ARN names no resource",
        Where(arn.pointer, within=arn.within(RESOURCE)),
        label="has none of the forms that AWS lists",
        notes=("the ARN matches nothing", f"AWS lists {shown}{more}"),
        help=f"did you mean `{arn.with_segment(RESOURCE, best)}`?" if best else None,
        fix=Fix(f"write `{best}`, so that the ARN matches", (ReplaceText(arn.pointer, best, arn.within(RESOURCE)),))
        if best
        else None,
        severity=Severity.WARNING if best is None and written else None,
    )


def completed(written: str, wanted: list[Shape]) -> str | None:
    """A bare name with the type before it, or a name with a type too many without it, where the statement's actions
    work on one form only: `table/orders` for `orders`, `orders` for the `topic/orders` of a topic."""
    if not wanted or has_wildcard(written):
        return None
    shape = min(wanted, key=lambda shape: len(shape.format))
    if not all(each.format.startswith(shape.format) for each in wanted):
        return None
    head, brace, rest = resource_of(shape).partition("${")
    if not brace or "${" in rest or not rest.endswith("}"):
        return None
    own, name = head_of(written), written[len(head_of(written)) + 1 :]
    if head:
        return f"{head}{written}" if own == written and written not in ("", head.rstrip("/:")) else None
    return name if name and head_of(name) == name and own == shape.resource_type.lower() else None


def resource_of(shape: Shape) -> str:
    return shape.format.split(":", RESOURCE)[RESOURCE]


def correction(written: str, shapes: list[Shape] | tuple[Shape, ...]) -> str | None:
    """The resource part with the type and separator that it was meant to have."""
    heads: dict[str, str] = {}
    for shape in shapes:
        form = resource_of(shape)
        head = head_of(form)
        if head and "$" not in head and len(head) < len(form):
            heads.setdefault(head, form[len(head)])
    own = head_of(written)
    if not own or has_wildcard(own):
        return None
    meant = own if own in heads else nearest(own, heads, cutoff=0.8)
    if meant is None:
        return None
    rest = written[len(own) :].lstrip(":/")
    fixed = f"{meant}{heads[meant]}{rest}"
    return None if fixed == written or not rest else fixed


RULE = Rule(
    "invalid-arn-resource",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE,
    silences={"no-resource-fits-action": Reach.STATEMENT},
)
