"""Whether a statement matches a request: every one of its clauses does.

Source: IAM User Guide, reference_policies_elements_action, _notaction, _resource, _notresource; semantics sections
2 and 3.
"""

from __future__ import annotations

from policyeval.evaluation.conditions import judge_condition, missing_variables, unresolved_keys, variable_lookup
from policyeval.evaluation.context import Context
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.principals import judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import PrincipalType, Request
from policyeval.evaluation.trace import Clause, Layer, PrincipalClass, StatementMatch
from policyeval.policy.kind import NEVER_PADDED, PolicyKind
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.arn import split_arn
from policyeval.syntax.variable import Variable, parse_template, resolve_pattern, resolve_text, variable_keys
from policyeval.syntax.wildcard import Token, Wildcard, compile_pattern, compile_tokens, has_wildcard, tokenize


class StatementMatcher:
    """Judges statements for one request; every statement whole, so that a miss can name all that failed."""

    def __init__(self, request: Request, context: Context, reading: Reading, *, has_boundary: bool) -> None:
        self.request = request
        self.context = context
        self.reading = reading
        self.has_boundary = has_boundary
        self.action = request.action.lower()
        self.arn = request.resource.arn
        self.segments = None if self.arn == "*" else split_arn(self.arn)
        is_session = request.principal.type is PrincipalType.ASSUMED_ROLE
        # Of a role session `aws:PrincipalArn` has two readings, unless the request itself gives it.
        self.has_two_arns = is_session and not any(key.lower() == "aws:principalarn" for key in request.context)

    def judge(
        self, policy: Policy, statement: Statement, layer: Layer, level: int | None = None, origin: str | None = None
    ) -> StatementMatch:
        clauses: list[Clause] = []
        principal_class: PrincipalClass | None = None
        if policy.kind.elements.principal:
            clause, principal_class = judge_principal(
                statement,
                self.request.principal,
                self.reading,
                has_boundary=self.has_boundary,
                is_trust=policy.kind is PolicyKind.TRUST,
            )
            clauses.append(clause)
        clauses.append(self.judge_action(statement, policy.kind))
        resource = self.judge_resource(policy, statement)
        if resource is not None:
            clauses.append(resource)
        if self.has_two_arns and _asks_for_principal_arn(statement):
            self.reading.takes_other(Dispute.PRINCIPAL_ARN_OF_SESSION)
        # Conditions ask for context keys, and only those of statements that speak of the request are worth naming.
        reading = self.reading if all(clause.matched for clause in clauses) else self.quiet()
        clauses.extend(
            judge_condition(
                condition,
                self.context,
                reading,
                has_variables=policy.has_variables,
                is_allow=statement.effect == "Allow",
            )
            for condition in statement.conditions
        )
        return StatementMatch(layer, level, policy, statement, tuple(clauses), principal_class, origin)

    def quiet(self) -> Reading:
        """The same reading, whose questions nobody hears."""
        return Reading(self.reading.other, self.reading.assumption, self.reading.open_keys)

    # ---- actions

    def judge_action(self, statement: Statement, kind: PolicyKind) -> Clause:
        if statement.actions is not None:
            found = self.first_action(statement.actions, kind)
            if found is None:
                meant = self.misspelt_action(statement.actions)
                if meant is not None:
                    reason = f"is no action and matches nothing; is `{self.request.action}` meant?"
                    return Clause("Action", False, meant.pointer, meant.text, self.request.action, reason)
                place = _only(statement.actions, statement, "Action")
                return Clause("Action", False, place.pointer, place.text or None, self.request.action)
            return Clause("Action", True, found.pointer, found.text, self.request.action)
        if statement.not_actions is not None:
            found = self.first_action(statement.not_actions, kind)
            if found is None:
                return Clause("NotAction", True, statement.element("NotAction"), actual=self.request.action)
            return Clause("NotAction", False, found.pointer, found.text, self.request.action)
        return Clause("Action", False, statement.pointer, reason="the statement names no action")

    def first_action(self, entries: tuple[Entry, ...], kind: PolicyKind) -> Entry | None:
        found = next((entry for entry in entries if compile_action(entry.text)(self.action)), None)
        if found is None or kind is not PolicyKind.SCP:
            return found
        exact = next((entry for entry in entries if compile_pattern(entry.text)(self.request.action)), None)
        if exact is None and self.reading.takes_other(Dispute.SCP_ACTION_CASE):
            return None
        return found

    def misspelt_action(self, entries: tuple[Entry, ...]) -> Entry | None:
        """An entry that is no action at all but has the letters of the one asked for: `iam>DeleteAccessKey`."""
        letters = _letters(self.action)
        return next(
            (entry for entry in entries if not is_well_formed(entry.text) and _letters(entry.text) == letters), None
        )

    # ---- resources

    def judge_resource(self, policy: Policy, statement: Statement) -> Clause | None:
        """Nothing when the statement names no resource: it then covers the one that it is attached to."""
        if statement.resources is not None:
            found, missing = self.first_resource(policy, statement.resources, statement)
            if found is None:
                place = _only(statement.resources, statement, "Resource")
                reason = self.why_unresolved(missing) if missing else None
                resolved = self.resolved(policy, place.text)
                return Clause("Resource", False, place.pointer, place.text or None, self.arn, reason, missing, resolved)
            resolved = self.resolved(policy, found.text)
            return Clause("Resource", True, found.pointer, found.text, self.arn, resolved=resolved)
        if statement.not_resources is not None:
            return self.judge_not_resource(policy, statement, statement.not_resources)
        if policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
            return None
        return Clause("Resource", False, statement.pointer, reason="the statement names no resource")

    def judge_not_resource(self, policy: Policy, statement: Statement, entries: tuple[Entry, ...]) -> Clause:
        place = statement.element("NotResource")
        assumed = not self.reading.assumed_truth(statement.effect == "Allow")
        fitting = {entry: self.entry_fits(policy, entry, assumed=assumed, negated=True) for entry in entries}
        found = next((entry for entry, fits in fitting.items() if fits), None)
        if found is not None:
            return Clause("NotResource", False, found.pointer, found.text, self.arn)
        unresolved = next((entry for entry, fits in fitting.items() if fits is None), None)
        if unresolved is not None and not self.reading.takes_other(Dispute.NOT_RESOURCE_UNRESOLVED):
            key = self.unresolved(policy, unresolved)[0]
            return Clause("NotResource", False, place, None, self.arn, self.why_unresolved(key), key)
        return Clause("NotResource", True, place, actual=self.arn)

    def first_resource(
        self, policy: Policy, entries: tuple[Entry, ...], statement: Statement
    ) -> tuple[Entry | None, str | None]:
        """The first entry that the request's resource fits; and a variable that would have to have a value."""
        missing: str | None = None
        assumed = self.reading.assumed_truth(statement.effect == "Allow")
        for entry in entries:
            fits = self.entry_fits(policy, entry, assumed=assumed)
            if fits:
                return entry, missing
            if fits is None and missing is None and self.could_fit(entry.text):
                missing = self.unresolved(policy, entry)[0]
        return None, missing

    def entry_fits(self, policy: Policy, entry: Entry, *, assumed: bool, negated: bool = False) -> bool | None:
        """Whether the request's resource fits an entry; nothing when a variable in it cannot be resolved.

        `assumed` is what to take an entry for whose missing variables are open. They are asked for where some value
        would make a difference: where the entry could then fit, or, `negated`, could then be said not to.
        """
        unresolved = self.unresolved(policy, entry)
        missing = self.missing_variables(policy, entry)
        if missing:
            could_fit = self.could_fit(entry.text)
            if could_fit or (negated and unresolved):
                for key in missing:
                    self.reading.ask(key, self.context)
            if any(self.reading.assumes(key, self.context) for key in missing):
                return could_fit or (None if unresolved else False) if assumed else False
        return None if unresolved else self.fits(policy, entry.text)

    def unresolved(self, policy: Policy, entry: Entry) -> list[str]:
        """The variables of an entry that have no value and no default."""
        if "${" not in entry.text or not self.knows_variables(policy):
            return []
        return unresolved_keys(tuple(split_arn(entry.text)[5:]), self.context)

    def missing_variables(self, policy: Policy, entry: Entry) -> list[str]:
        """The variables of an entry whose keys the request does not give, with a default or without."""
        if "${" not in entry.text or not self.knows_variables(policy):
            return []
        return missing_variables(tuple(split_arn(entry.text)[5:]), self.context)

    def why_unresolved(self, key: str) -> str:
        return f"`{key}` has no single value" if key in self.context else f"`{key}` is not in the request"

    def could_fit(self, pattern: str) -> bool:
        """Whether some values of its variables would make an entry fit: each is taken for `*`."""
        segments, asked = split_arn(pattern), self.segments
        if asked is None or len(segments) < 6 or not _fits_head(segments, asked):
            return False
        tokens: list[Token] = []
        for part in parse_template(segments[5]):
            if isinstance(part, str):
                tokens.extend(tokenize(part))
            else:
                tokens.append(Wildcard.MANY if isinstance(part, Variable) else part.character)
        return compile_tokens(tuple(tokens))(asked[5])

    def resolved(self, policy: Policy, text: str) -> str | None:
        """An entry with its variables replaced, for people to read; nothing when it has none, or none that resolve."""
        if "${" not in text or not policy.has_variables:
            return None
        return resolve_text(parse_template(text), self.context.variable)

    def knows_variables(self, policy: Policy) -> bool:
        """Whether `${...}` is replaced in a policy: only under the current version."""
        return policy.has_variables or self.reading.takes_other(Dispute.VARIABLE_IN_OLD_VERSION)

    def fits(self, policy: Policy, pattern: str) -> bool:
        """Whether the request's resource fits one entry of `Resource` (semantics 3.1)."""
        if pattern and not pattern.strip("*"):
            return True
        segments, asked = split_arn(pattern), self.segments
        if asked is None:
            return self.request.action.lower() == LISTING_BUCKETS and self.fits_every_bucket(pattern)
        if len(segments) < 6:
            return self.fits_short(policy.kind, pattern, segments, asked)
        if not _fits_head(segments, asked):
            return False
        if has_disputed_type(segments) and self.reading.takes_other(Dispute.TYPE_WILDCARD):
            return False
        return self.fits_resource_part(policy, segments[5], asked[5])

    def fits_every_bucket(self, pattern: str) -> bool:
        """Whether the list of buckets, which is asked for at `*`, is to be had with an entry for every bucket."""
        return is_every_bucket(pattern) and self.reading.takes_other(Dispute.LIST_OF_BUCKETS)

    def fits_resource_part(self, policy: Policy, pattern: str, actual: str) -> bool:
        """Variables are replaced only here, after the fifth colon (reference_policies_variables)."""
        if "${" not in pattern or not self.knows_variables(policy):
            return compile_pattern(pattern)(actual)
        tokens = resolve_pattern(parse_template(pattern), variable_lookup(self.context, self.reading))
        return tokens is not None and compile_tokens(tokens)(actual)

    def fits_short(self, kind: PolicyKind, pattern: str, segments: list[str], asked: list[str]) -> bool:
        """An ARN of fewer than six segments, by the kind of policy it stands in (semantics 3.1, rule 7)."""
        is_wild = has_wildcard(pattern)
        if kind in NEVER_PADDED and not is_wild:
            return False
        if is_wild and self.reading.takes_other(Dispute.SHORT_ARN):
            return compile_pattern(pattern)(self.arn)
        padded = [*segments, *["*"] * (6 - len(segments))]
        return all(compile_pattern(wanted)(actual) for wanted, actual in zip(padded, asked, strict=True))


def _fits_head(pattern: list[str], asked: list[str]) -> bool:
    """Whether the first five segments fit, in which variables are text."""
    return all(compile_pattern(wanted)(actual) for wanted, actual in zip(pattern[:5], asked[:5], strict=True))


def _asks_for_principal_arn(statement: Statement) -> bool:
    if any(condition.key.lower() == "aws:principalarn" for condition in statement.conditions):
        return True
    return varies_with_principal_arn(statement)


def varies_with_principal_arn(statement: Statement) -> bool:
    """Whether `${aws:PrincipalArn}` stands in the resources or the condition values of a statement."""
    entries = [*(statement.resources or ()), *(statement.not_resources or ())]
    entries += [value for condition in statement.conditions for value in condition.values]
    return any(key.lower() == "aws:principalarn" for entry in entries for key in variable_keys(entry.text))


LISTING_BUCKETS = "s3:listallmybuckets"


def is_every_bucket(pattern: str) -> bool:
    """Whether an entry of `Resource` is `arn:aws:s3:::*`, in whatever partition.

    S3 User Guide, walkthrough1 (step 4), allows `s3:ListAllMyBuckets` with it; IAM User Guide,
    reference_policies_elements_notaction, says that the action requires `*`.
    """
    segments = split_arn(pattern)
    return segments[0] == "arn" and segments[2:] == ["s3", "", "", "*"]


def has_disputed_type(segments: list[str]) -> bool:
    """Whether an IAM ARN has a wildcard before the first `/` of its resource part, and more than `*`."""
    resource = segments[5]
    return segments[2] == "iam" and resource != "*" and has_wildcard(resource.partition("/")[0])


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _only(entries: tuple[Entry, ...], statement: Statement, element: str) -> Entry:
    """The single entry of a list, or the element as a whole."""
    return entries[0] if len(entries) == 1 else Entry("", statement.element(element))
