"""One reader under atheris: `python -m tests.fuzz.run READER [OPTIONS OF LIBFUZZER]…`; `tests.fuzz` calls it."""

from __future__ import annotations

import random
import sys

import atheris

with atheris.instrument_imports(include=["policyeval"]):
    from tests.fuzz import readers


def main() -> None:
    reader = sys.argv.pop(1)
    readers.read(reader, readers.seeds(reader)[0])  # so that what is loaded at first use is not held against a text

    def test_one(data: bytes) -> None:
        readers.read(reader, data)

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        made = readers.mutated_value(data, random.Random(seed))
        return made[:longest] if made is not None else bytes(atheris.Mutate(data, longest))

    atheris.Setup(sys.argv, test_one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
