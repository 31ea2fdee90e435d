"""`python -m benchmarks`: what the fast path costs, beside the reference and beside peers.

    python -m benchmarks --set-up          install the peers and fetch the managed policies, once
    python -m benchmarks                   print the table, write build/benchmarks.json, the page and its figure
    python -m benchmarks --full            the large cells and a million bulk requests as well
    python -m benchmarks --only decide     one section
    python -m benchmarks.differential      index against reference on drawn questions, as many as asked for
    python -m benchmarks.managed           `permissions` against the reference on AWS's managed policies

Every answer is checked before anything is timed: against the reference, or against a definition spelled out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import sections, workshop
from benchmarks.curves import write_speed
from benchmarks.measuring import Measurement
from benchmarks.report import write_report

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set-up", action="store_true", help="install the peers first")
    parser.add_argument("--full", action="store_true", help="the large cells as well")
    parser.add_argument("--only", action="append", choices=sorted(sections.SECTIONS), help="only this section")
    parser.add_argument("--json", default=str(ROOT / "build" / "benchmarks.json"), metavar="FILE")
    parser.add_argument("--report", default=str(ROOT / "docs" / "benchmarks.md"), metavar="FILE")
    chosen = parser.parse_args()
    if chosen.set_up:
        workshop.set_up()
    measured: list[Measurement] = []
    for name, section in sections.SECTIONS.items():
        if chosen.only and name not in chosen.only:
            continue
        print(f"\n{name}", flush=True)
        for measurement in section(full=chosen.full):
            measured.append(measurement)
            print(f"  {measurement.name:<64} {measurement.text:>14}  {measurement.note}", flush=True)
    results = {
        "schema": "policyeval.benchmarks/1",
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "measurements": [measurement.as_json() for measurement in measured],
    }
    write_speed(results)
    os.makedirs(os.path.dirname(chosen.json) or ".", exist_ok=True)
    Path(chosen.json).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if not chosen.only:
        write_report(results, Path(chosen.report))
    print(f"\nwritten to {chosen.json}", file=sys.stderr)


main()
