"""ARN formats, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, and the ARNs and patterns that fit them.

A placeholder stands for at least one character; a `*` that AWS writes in a format stands for any run of characters.
Names of a few resources cannot hold a separator (a bucket has no `/` in its name), which is what tells a bucket from an
object: those placeholders are listed in `data/resources.json`.

Source: Service Authorization Reference, "Resource types defined by ..."; IAM User Guide, reference-arns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\$?\{([^{}]*)\}")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_PIECE = re.compile(r"\$?\{[^{}]*\}|\*")
_HEAD_SEGMENTS = 5


class Format:
    """One segment of an ARN format, compiled to an automaton whose set of states is one integer.

    State `i` means that the first `i` tokens were read. Cost: a few integer operations for each character read.
    """

    __slots__ = ("_accepts", "_any", "_loops", "_size", "text")

    def __init__(self, text: str, excluded: Mapping[str, str]) -> None:
        self.text = text
        accepts: dict[str, int] = {}  # a literal character -> the tokens that are that character
        excludes: dict[str, int] = {}  # a character -> the placeholders that cannot hold it
        wild = loops = size = 0
        at = 0

        def literal(part: str) -> None:
            nonlocal size
            for character in part:
                accepts[character] = accepts.get(character, 0) | 1 << size
                size += 1

        for piece in _PIECE.finditer(text):
            literal(text[at : piece.start()])
            at = piece.end()
            placeholder = _PLACEHOLDER.fullmatch(piece[0])
            if placeholder is None:
                loops |= 1 << size  # before the token at `size` any character may be read
            else:
                wild |= 1 << size
                loops |= 1 << (size + 1)
                for character in excluded.get(placeholder[1], ""):
                    excludes[character] = excludes.get(character, 0) | 1 << size
                size += 1
        literal(text[at:])
        self._any = wild
        self._loops = loops
        self._size = size
        self._accepts = {
            character: (
                accepts.get(character, 0) | wild & ~excludes.get(character, 0),
                loops & ~(excludes.get(character, 0) << 1),
            )
            for character in {*accepts, *excludes}
        }

    def overlaps(self, pattern: str) -> bool:
        """Whether some text fits both this format and a pattern with `*` and `?`."""
        states = 1
        everything = (1 << (self._size + 1)) - 1
        otherwise = (self._any, self._loops)
        for character in pattern:
            if character == "*":
                states = everything & -(states & -states)  # every state that lies ahead of the least one
            elif character == "?":
                states = (states << 1 | states & self._loops) & everything
            else:
                steps, loops = self._accepts.get(character, otherwise)
                states = (states & steps) << 1 | states & loops
            if not states:
                return False
        return bool(states >> self._size & 1)

    def fits(self, text: str) -> bool:
        """Whether a concrete text has this format; `*` and `?` are plain characters here."""
        states = 1
        otherwise = (self._any, self._loops)
        for character in text:
            steps, loops = self._accepts.get(character, otherwise)
            states = (states & steps) << 1 | states & loops
            if not states:
                return False
        return bool(states >> self._size & 1)


@lru_cache(maxsize=4096)
def _compile(template: str, excluded: tuple[tuple[str, str], ...]) -> tuple[Format, ...]:
    segments = template.split(":", _HEAD_SEGMENTS)
    segments += ["*"] * (_HEAD_SEGMENTS + 1 - len(segments))
    names = dict(excluded)
    return tuple(
        Format(segment if index == _HEAD_SEGMENTS else segment.lower(), names) for index, segment in enumerate(segments)
    )


@lru_cache(maxsize=65536)
def pattern_overlaps(template: str, pattern: str, excluded: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether an ARN pattern of a policy can match some ARN of a format.

    Policy variables in the pattern may become anything, so they count as `*`. A pattern of fewer than six segments is
    padded with `*`, as the evaluator does. Segments before the resource are compared without regard to case.
    `excluded` lists for a placeholder the characters that it cannot hold.

    >>> bucket, excluded = "arn:${Partition}:s3:::${BucketName}", (("BucketName", "/"),)
    >>> pattern_overlaps(bucket, "arn:aws:s3:::b*", excluded), pattern_overlaps(bucket, "arn:aws:s3:::b/*", excluded)
    (True, False)
    """
    pattern = _VARIABLE.sub("*", pattern)
    if pattern and not pattern.strip("*"):
        return True
    segments = pattern.split(":", _HEAD_SEGMENTS)
    if segments[0].lower() != "arn":
        return False
    segments += ["*"] * (_HEAD_SEGMENTS + 1 - len(segments))
    return all(
        form.overlaps(segment if index == _HEAD_SEGMENTS else segment.lower())
        for index, (form, segment) in enumerate(zip(_compile(template, excluded), segments, strict=True))
    )


def resource_overlaps(template: str, resource: str, excluded: tuple[tuple[str, str], ...]) -> bool:
    """`pattern_overlaps` for the segments after the fifth colon alone.

    >>> resource_overlaps("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "b/*", ())
    True
    """
    return _compile(template, excluded)[_HEAD_SEGMENTS].overlaps(_VARIABLE.sub("*", resource))


def arn_fits(template: str, arn: str, excluded: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether a concrete ARN has a format.

    >>> arn_fits("arn:${Partition}:iam::${Account}:user/${UserNameWithPath}", "arn:aws:iam::123456789012:user/a/b")
    True
    """
    segments = arn.split(":", _HEAD_SEGMENTS)
    if len(segments) != _HEAD_SEGMENTS + 1:
        return False
    return all(
        form.fits(segment if index == _HEAD_SEGMENTS else segment.lower())
        for index, (form, segment) in enumerate(zip(_compile(template, excluded), segments, strict=True))
    )
