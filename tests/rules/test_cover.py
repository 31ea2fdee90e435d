"""Entries that another covers, found by an index, are those that a comparison of all pairs finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyeval.policy.model import Entry
from policyeval.rules.cover import covering, covers

TEXTS = st.lists(st.text("ab*?", min_size=1, max_size=4), min_size=2, max_size=60)


def by_pairs(texts: list[str]) -> dict[int, int]:
    """For each text the first other one that covers it, where it is not itself the first of two that cover each other;
    of equal texts all but the first have it."""
    found: dict[int, int] = {}
    for index, text in enumerate(texts):
        if text in texts[:index]:
            found[index] = texts.index(text)
            continue
        for other, pattern in enumerate(texts):
            wild = "*" in pattern or "?" in pattern
            if wild and pattern != text and covers(pattern, text) and (other < index or not covers(text, pattern)):
                found[index] = other
                break
    return found


@given(TEXTS)
def test_the_index_finds_what_all_pairs_find(texts: list[str]) -> None:
    entries = tuple(Entry(text, f"/{index}") for index, text in enumerate(texts))
    found = {int(entry.pointer[1:]): int(other.pointer[1:]) for entry, other in covering(entries, covers)}
    assert found == by_pairs(texts)


def test_a_cover_among_many_patterns_with_one_beginning() -> None:
    patterns = [f"*{number:03}*" for number in range(400)]
    entries = tuple(Entry(text, str(index)) for index, text in enumerate([*patterns, "x-0423-x", "*0429*"]))
    assert [(entry.text, other.text) for entry, other in covering(entries, covers)] == [
        ("x-0423-x", "*042*"),
        ("*0429*", "*042*"),
    ]
