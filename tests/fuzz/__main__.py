"""The long run over everything that is read: `python -m tests.fuzz --minutes 30`, or `python -m tests.fuzz policy`.

atheris (`pip install '.[fuzz]'`, Linux) makes texts that reach new lines of policyeval, starting from the fixtures.
Each reader gets a process and its share of the time. One that crashes, takes more than 20 seconds for 20 kB or more
than 1 GB of memory is a fault: its text is kept, to become a file in `fixtures/hostile/` and a fix. Exit status 1 then.

A reader goes on after a fault only in the next run. `--corpus DIR` keeps what was learnt from one run to the next.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.readers import READERS, seeds

LONGEST_TEXT = 20_000
SECONDS_FOR_ONE = 20
MEGABYTES = 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)}; all when left out")
    parser.add_argument("--minutes", type=float, default=30.0, help="for all readers together")
    parser.add_argument("--corpus", type=Path, help="a directory that keeps texts which reach new lines")
    parser.add_argument("--found", type=Path, default=Path(tempfile.gettempdir()) / "policyeval-fuzz", metavar="DIR")
    given = parser.parse_args()
    readers = given.readers or list(READERS)
    for reader in readers:
        if reader not in READERS:
            parser.error(f"no reader `{reader}`; there are {', '.join(READERS)}")
    given.found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = given.corpus or Path(scratch)
        results = [fuzz(reader, given.minutes * 60 / len(readers), corpus, given.found) for reader in readers]
    return 0 if all(results) else 1


def fuzz(reader: str, seconds: float, corpus: Path, found: Path) -> bool:
    """Run one reader for so long and say what came of it."""
    own = corpus / reader
    own.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds(reader)):
        (own / f"seed-{number}").write_bytes(text)
    options = {
        "max_total_time": int(seconds),
        "max_len": LONGEST_TEXT,
        "timeout": SECONDS_FOR_ONE,
        "rss_limit_mb": MEGABYTES,
        "artifact_prefix": f"{found}/{reader}-",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.run", reader, *(f"-{name}={value}" for name, value in options.items()), own],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    said = (done.stderr + done.stdout).decode("utf-8", "replace")
    figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    texts, seconds = int(figures.get("number_of_executed_units", 0)), time.monotonic() - started
    print(
        f"{reader:14} {texts:>9,} texts in {seconds:5.0f} s,"
        f" at most {figures.get('slowest_unit_time_sec', '?')} s and {figures.get('peak_rss_mb', '?')} MB:"
        f" {'holds' if done.returncode == 0 else 'A FAULT'}",
        flush=True,
    )
    if done.returncode:
        print(said[-6000:], flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
