"""What the checker of certificates knows of conditions: which cannot hold and fail together.

The truth of a condition on a value is the evaluator's own. The values are found here, apart from the prover's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Any

from policyeval.evaluation.comparison import read_date, read_network, read_number
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.reading import Reading
from policyeval.policy.model import Condition, Entry
from policyeval.proof.glob import ONE, STAR, glob, plain, spell_intersection
from policyeval.proof.rulebook import Atom
from policyeval.syntax.operator import parse_operator

MOST_TEXTS = 500


def is_impossible(true: frozenset[Atom], false: frozenset[Atom], single: frozenset[str]) -> bool:
    """Whether it is shown that no request has some conditions hold and others fail: two contradict each other, or all
    that one family of operators asks of a key does. Keys that are not `single` may hold lists."""
    if any(implies(one, other) for one in true for other in false):
        return True
    for key in {atom[1] for atom in true | false}:
        own = [atom for atom in true | false if atom[1] == key and not atom[3] and not atom[0].startswith("For")]
        for family in {family_of(atom) for atom in own} - {""} or {"String"}:
            asked = [atom for atom in own if family_of(atom) in (family, "")]
            texts = texts_of(family, [atom for atom in asked if family_of(atom)])
            values: list[Any] = [*texts, "", None, *([] if key in single else [["x", "y"]])]
            if texts and not any(all(holds(atom, value) == (atom in true) for atom in asked) for value in values):
                return True
    return False


def family_of(atom: Atom) -> str:
    """The operators whose truth hangs on the same texts; nothing for those that ask for a value alone."""
    operator = parse_operator(atom[0])
    if operator is None or operator.base == "Null":
        return ""
    is_caseless = operator.positive == "StringEqualsIgnoreCase"
    return operator.positive if is_caseless else operator.family


def texts_of(family: str, atoms: Sequence[Atom]) -> list[str]:
    """Texts of which one behaves as any text does under the conditions; none where they are not known."""
    values = [value for atom in atoms for value in sorted(atom[2])]
    if family == "String":
        patterns = [(glob if "Like" in atom[0] else plain)(value) for atom in atoms for value in sorted(atom[2])]
        closed = {STAR}
        for pattern in patterns:
            closed |= {part for other in closed for part in spell_intersection(other, pattern)}
            if ONE in pattern or len(closed) > MOST_TEXTS:
                return []
        fresh = next(chr(code) for code in range(0x61, 0xE000) if not any(chr(code) in one for one in patterns))
        return ["", *(one.replace(STAR, fresh) for one in closed)]
    if family in ("Numeric", "Date"):
        return spelled(read_number if family == "Numeric" else read_date, values)
    if family == "IpAddress":
        edges = {(4, 0), (6, 0)}
        for version, low, high in filter(None, map(read_network, values)):
            edges |= {(version, low), (version, high + 1)}
        kinds = {4: (IPv4Address, 2**32), 6: (IPv6Address, 2**128)}
        return ["none", *(str(kinds[of][0](low)) for of, low in edges if low < kinds[of][1])]
    return ["none", "true", "false"] if family == "Bool" else []


def spelled(read: Callable[[str], Decimal | None], values: Sequence[str]) -> list[str]:
    """The points of a line, one between each two, one beyond each end, and no point; none if one cannot be written."""
    points = sorted({point for point in map(read, values) if point is not None} or {Decimal(1)})
    line = [points[0] - 1, *(p for low, high in pairwise(points) for p in (low, (low + high) / 2)), points[-1]]
    line.append(points[-1] + 1)
    texts = [format(point, "f") for point in line]
    is_written = [read(text) for text in texts] == line and all(low < high for low, high in pairwise(line))
    return [*texts, "none"] if is_written and set(points) <= set(line) else []


def holds(atom: Atom, value: Any) -> bool:
    name, key, values, _ = atom
    if name == "Resolves":
        return isinstance(value, str) and value != ""
    operator = parse_operator(name)
    if operator is None:
        raise ValueError(name)
    condition = Condition(operator, key, tuple(Entry(text, "") for text in sorted(values)), "")
    context = Context({} if value is None else {key: value})
    return judge_condition(condition, context, Reading(), has_variables=False, is_allow=True).matched


def implies(one: Atom, other: Atom) -> bool:
    """Whether one condition on a key holds whenever another does: more values, or fewer under a negated operator."""
    if one[1] != other[1] or one[3] != other[3] or other[0] not in (one[0], one[0] + "IfExists"):
        forgiving = one[0].startswith("ForAllValues") or one[0].endswith("IfExists") or "Not" in one[0]
        asks = not forgiving and one[0] not in ("Null", "Resolves")
        return asks and other[:2] == ("Null", one[1]) and other[2] == {"false"}
    return one[2] >= other[2] if "Not" in one[0] else one[2] <= other[2]
