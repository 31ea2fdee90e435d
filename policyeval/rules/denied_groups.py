"""Groups of which a user gets nothing, since what else binds the user denies all of it."""

from __future__ import annotations

from policyeval.account.account import Account
from policyeval.account.model import Group, User
from policyeval.evaluation.policies import Attached
from policyeval.policy.model import Statement
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import compile_pattern

Denial = tuple[Attached, Statement]


def unconditional_denials(account: Account, user: User, besides: str) -> list[Denial]:
    """The Deny statements that bind a user whatever the context, those of one group left out."""
    holders = [account.groups[name].policies for name in user.groups if name != besides]
    boundary = [user.boundary] if user.boundary is not None else []
    return [
        (attached, statement)
        for attached in (*user.policies, *(attached for held in holders for attached in held), *boundary)
        for statement in attached.policy
        if statement.effect == "Deny" and not statement.conditions and statement.actions and statement.resources
    ]


def denied_wholly(group: Group, denials: list[Denial]) -> list[Denial]:
    """The Denies that leave nothing of what a group allows; none when something is left, or nothing allowed."""
    used: dict[int, Denial] = {}
    for attached in group.policies:
        for statement in attached.policy:
            if statement.effect == "Deny":
                continue
            if statement.actions is None or statement.resources is None:
                return []
            for action in statement.actions:
                if not is_well_formed(action.text):
                    continue
                for resource in statement.resources:
                    found = next((each for each in denials if covers(each[1], action.text, resource.text)), None)
                    if found is None:
                        return []
                    used[id(found[1])] = found
    return list(used.values())


def covers(denial: Statement, action: str, resource: str) -> bool:
    """Whether a Deny without a condition reaches all that an action entry and a resource entry allow.

    A pattern without `?` that matches the text of another pattern, `*` included, matches all that the other does: its
    own `*` alone can have taken in the other's.
    """
    return any(
        "?" not in entry.text and compile_action(entry.text)(action.lower()) for entry in denial.actions or ()
    ) and any(
        entry.text == "*"
        or ("?" not in entry.text and "${" not in entry.text and compile_pattern(entry.text)(resource))
        for entry in denial.resources or ()
    )
