"""How large a policy is, as AWS counts it, and what could be saved.

IAM counts characters and leaves white space out; AWS Organizations, STS and others count white space too, and the
services that keep resource policies count bytes.

Source: IAM User Guide, reference_iam-quotas; semantics section 1.5.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from policyeval.catalog.quotas import SizeQuota
from policyeval.diagnostics.place import Where
from policyeval.policy.model import Policy
from policyeval.rules.contract import RuleContext
from policyeval.source import Source, child, pointer_tokens

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[^" \t\r\n]+')
_HOLDERS = {
    "users": "user",
    "UserDetailList": "user",
    "groups": "group",
    "GroupDetailList": "group",
    "roles": "role",
    "RoleDetailList": "role",
}
WORTH_SHRINKING = 6
_YAML_TO_JSON = 3
"""The JSON of a YAML text is at most so many times as long, anchors aside."""


def heading(policy: Policy) -> Where:
    """The place of findings about a document as a whole."""
    return Where(child(policy.pointer, "Statement"), on_key=True)


def holder_of(policy: Policy) -> str | None:
    """`user`, `group` or `role`, when the policy stands in an account as an inline policy of one."""
    holder = policy.source.holder if policy.source is not None else None
    tokens = pointer_tokens(holder.pointer if holder is not None else policy.pointer)
    return _HOLDERS.get(tokens[0]) if tokens else None


def allowance(quota: SizeQuota) -> str:
    """What a quota permits, in words: `managed policies may have 6,144`."""
    subject = quota.subject.removesuffix(", together")
    together = " together" if subject != quota.subject else ""
    return f"{subject.replace('policy', 'policies')} may have {quota.limit:,}{together}"


def excess_text(policy: Policy, limit: int) -> str | None:
    """The document's JSON text, if it may be longer than a limit; nothing where it is surely shorter, or unknown.

    Cost: next to nothing for a file that is shorter as a whole.
    """
    source = policy.source
    if source is None or len(source.text.encode()) * _YAML_TO_JSON <= limit:
        return None
    text = json_text(policy)
    return text if len(text.encode()) > limit else None


def json_text(policy: Policy) -> str:
    """The document as it is sent to AWS: its own text, or for YAML its JSON, without white space. Empty for a policy
    that was read from no text."""
    source = policy.source
    if source is None:
        return ""
    span = Where(policy.pointer).find(source)
    text = source.text[span.start : span.end]
    if not source.is_yaml:
        return text
    value = _decoded(source)
    for token in pointer_tokens(policy.pointer):
        value = value[int(token)] if isinstance(value, list) else value[token]  # type: ignore[index]  # it was found
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


@lru_cache(maxsize=2)
def _decoded(source: Source) -> object:
    from policyeval.reading import decode_document

    return decode_document(source)


def size_of(text: str, quota: SizeQuota) -> int:
    """The size of a JSON text by the measure of a quota. Where AWS counts bytes it is the least that it can count:
    whether a service takes white space out before is not documented for all of them."""
    if quota.counts == "characters":
        return len(text)
    compact = compact_text(text)
    return len(compact) if quota.counts == "non-whitespace-characters" else len(compact.encode())


@lru_cache(maxsize=2)
def compact_text(text: str) -> str:
    """A JSON text without the white space between its tokens."""
    return "".join(_TOKENS.findall(text))


def saved_by_patterns(context: RuleContext) -> int:
    """How many characters fewer a policy has when patterns such as `Get*` replace the names of its actions.

    Looked at are the services of which a statement names `WORTH_SHRINKING` actions or more. An entry that matches no
    action of the catalog stays as it is: nobody knows what else it means. `policyeval shrink` finds fewer patterns.
    """
    from policyeval.evaluation.action_sets import action_sets

    sets = action_sets()
    saved = 0
    for statement in context.policy:
        of_service: dict[str, list[str]] = {}
        for entry in statement.actions or statement.not_actions or ():
            of_service.setdefault(entry.text.partition(":")[0].lower(), []).append(entry.text)
        for service, texts in of_service.items():
            known = [text for text in texts if sets.of_patterns([text])]
            if len(known) >= WORTH_SHRINKING:
                names, start = _names_of(service)
                wanted = sets.of_patterns(known) >> start
                shorter = [f"{service}:{pattern}" for pattern in head_patterns(names, wanted)]
                saved += max(0, _length(known) - _length(shorter))
    return saved


@lru_cache(maxsize=256)
def _names_of(service: str) -> tuple[tuple[str, ...], int]:
    """The names of a service's actions, and the place of the first in the table."""
    from policyeval.evaluation.action_sets import action_sets

    table = action_sets().table
    span = table.service_ranges[service]
    return tuple(name.partition(":")[2] for name in table.names[span.start : span.stop]), span.start


@lru_cache(maxsize=256)
def _shared_beginnings(names: tuple[str, ...]) -> tuple[int, ...]:
    """How many characters each name begins with like the one before it, whatever their case."""
    lower = [name.lower() for name in names]
    return (0, *itertools.starmap(_shared_length, itertools.pairwise(lower)))


def _shared_length(one: str, other: str) -> int:
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def head_patterns(names: tuple[str, ...], wanted: int) -> Iterator[str]:
    """The fewest patterns `Head*` and names that match the wanted of some sorted names and none of the others.

    Bit `i` of `wanted` stands for the name at `i`. Cost: linear in the names.

    >>> list(head_patterns(("AddTags", "GetItem", "GetUser", "PutItem"), 0b0111))
    ['AddTags', 'G*']
    """
    shared = _shared_beginnings(names)
    after = [-1] * len(names)  # what a name shares with the next one that is not wanted; -1 when there is none
    common = -1
    for at in reversed(range(len(names))):
        after[at] = common
        if not wanted >> at & 1:
            common = shared[at]
        else:
            common = min(common, shared[at])
    before, head = -1, None
    for at, name in enumerate(names):
        before = min(before, shared[at])
        if not wanted >> at & 1:
            before, head = len(name), None
            continue
        if head is not None and name.lower().startswith(head):
            continue
        least = max(before, after[at]) + 1
        head = name.lower()[:least] if least <= len(name) else None
        following = at + 1 < len(names) and wanted >> at + 1 & 1
        if head is not None and following and names[at + 1].lower().startswith(head):
            yield f"{name[:least]}*"
        else:
            yield name


def _length(texts: Iterable[str]) -> int:
    """The characters of a list of strings without its brackets: each with its quotes and comma."""
    return sum(len(text) + 3 for text in texts)


def advice(context: RuleContext, text: str, quota: SizeQuota, split: str) -> tuple[tuple[str, ...], str]:
    """What could be saved, as notes, and what to do about a policy that is too large: the least that is enough.

    `split` is what to do when neither white space nor patterns save enough.
    """
    size, notes = size_of(text, quota), []
    compact = len(compact_text(text)) if quota.counts == "characters" else size
    if compact < size:
        notes.append(f"every character counts, white space too; without it the document has {compact:,}")
        if compact <= quota.limit:
            return tuple(notes), "save it without white space"
    saved = context.remembered(saved_by_patterns)
    if saved:
        notes.append(f"patterns such as `Get*` in place of names take {saved:,} characters fewer")
        if compact - saved <= quota.limit:
            return tuple(notes), "write the actions with the patterns that `policyeval shrink` finds"
    return tuple(notes), split
