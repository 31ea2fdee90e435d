"""What a rule is, what it is given, and what it yields.

A rule is one file of this package, named as the rule with underscores; its docstring is its manual. It looks at a
statement, a policy or an account and yields remarks, each of which says *where* symbolically. It computes no offsets,
prints nothing, reads no files and keeps no state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.rules.topics import Topic as Topic

if TYPE_CHECKING:
    from policyeval.account.account import Account
    from policyeval.catalog.catalog import Catalog

Fact = TypeVar("Fact")

EVERY_KIND = frozenset(PolicyKind)
IDENTITY_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION})
"""Policies that apply to the identity that carries them, and name no principal."""
PRINCIPAL_KINDS = frozenset(kind for kind in PolicyKind if kind.elements.principal)
"""Policies whose statements name principals."""
GRANTING_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION, PolicyKind.RESOURCE, PolicyKind.TRUST})
"""Policies whose Allow gives rights to somebody; that of the others only draws a limit. (A session policy limits too,
but what it allows is what its holder is meant to have.)"""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a rule has to say.

    `message` is the headline: one sentence, lower case, no full stop, the user's text in backticks. `label` stands at
    the underlined text and says what is wrong *there*, in fewer words. `notes` add facts, `help` says what to do.
    `severity` is set only when this one weighs otherwise than the rule's usual finding.
    """

    message: str
    where: Where
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """What the user has told that no policy says: of the configuration, the command line or the account file."""

    account_id: str | None = None
    """The account's twelve digits, when known: placeholders can then be filled in."""
    partition: str | None = None
    """The partition in which the policies live, when known."""


NO_OPTIONS = RuleOptions()


@dataclass(frozen=True)
class RuleContext:
    """What a statement rule or policy rule may ask for besides the statement or policy itself.

    `attached_to` is the ARN of the resource or role that the policy belongs to, where an account file tells it.
    """

    policy: Policy
    options: RuleOptions = NO_OPTIONS
    attached_to: str | None = None
    _facts: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def remembered(self, find: Callable[[RuleContext], Fact]) -> Fact:
        """What a function finds out about the policy, found once for all rules that ask."""
        if find not in self._facts:
            self._facts[find] = find(self)
        return cast("Fact", self._facts[find])

    @property
    def kind(self) -> PolicyKind:
        return self.policy.kind

    @cached_property
    def catalog(self) -> Catalog:
        """AWS's services, actions, resource types and keys; a service is loaded when first asked for."""
        from policyeval.catalog.catalog import catalog

        return catalog()

    @cached_property
    def expand(self) -> Callable[[str], tuple[str, ...]]:
        """The actions of the catalog that an entry of `Action` matches, spelled and sorted as AWS does.

        Empty for an unknown service, an unknown action, and an entry that matches nothing. Cached; the first `*` costs
        the whole table (about 5 ms once it is on disk), a pattern with a service only that service.
        """
        from policyeval.rules.expansion import expand_pattern

        return expand_pattern

    def actions(self, statement: Statement) -> frozenset[str]:
        """The catalog's actions that a statement speaks of, in lower case; `NotAction` is taken from all of them."""
        from policyeval.rules.expansion import statement_actions

        return statement_actions(statement)


@dataclass(frozen=True)
class AccountContext:
    """What an account rule may ask for besides the account."""

    options: RuleOptions = NO_OPTIONS

    @property
    def catalog(self) -> Catalog:
        from policyeval.catalog.catalog import catalog

        return catalog()


StatementCheck = Callable[[Statement, RuleContext], Iterator[Remark]]
PolicyCheck = Callable[[Policy, RuleContext], Iterator[Remark]]
AccountCheck = Callable[["Account", AccountContext], Iterator[Remark]]


class Reach(Enum):
    """How far a finding silences those of another rule that have the same cause."""

    PLACE = "place"
    """At the very place of its primary label, or inside it."""
    STATEMENT = "statement"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, how grave its findings are, and the one function that looks.

    At most one of `statement`, `policy` and `account` is set. A rule with none of them is reported by whoever reads
    the document or runs the rules: a policy `Problem` of that name becomes its finding.
    """

    name: str
    """Kebab-case; states the bad thing, and reads well after "allow". Access Analyzer's issue code where it has one."""
    severity: Severity
    statement: StatementCheck | None = None
    policy: PolicyCheck | None = None
    account: AccountCheck | None = None
    kinds: frozenset[PolicyKind] = EVERY_KIND
    """The kinds of policy that the rule knows; it is not asked about others."""
    pedantic: bool = False
    """Off unless `--pedantic` is given or the rule is selected by name."""
    about: Topic = Topic.ANYTHING
    """A statement with none of these is none of the rule's business; for a policy rule, a policy without any such
    statement is not."""
    needs_valid_policy: bool = False
    """Whether the rule has to know all that a policy says, and so is asked only about policies that AWS would take."""
    silences: Mapping[str, Reach] = field(default_factory=dict, hash=False)
    """The rules whose findings have the same cause as this one's, and how far."""

    @property
    def module_name(self) -> str:
        return self.name.replace("-", "_")
