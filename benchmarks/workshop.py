"""What the benchmarks need and the project does not hold: AWS's managed policies, and the peers.

`python -m benchmarks --set-up` makes it all in the directory `BENCHMARKS_HOME`, by default `policyeval-benchmarks` in
the user's cache: a virtual environment with the peers that are Python packages (moto brings the managed policies
along), and a folder for the one that runs on Node. Whatever is missing is left out of the table.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from policyeval.catalog.table import cache_directory

PYTHON_PEERS = ("moto", "policyuniverse", "py-iam-expand", "cedarpy", "parliament", "iam-policy-validator")
NODE_PEER = "@cloud-copilot/iam-simulate"
HERE = Path(__file__).parent


def home() -> Path:
    chosen = os.environ.get("BENCHMARKS_HOME")
    return Path(chosen) if chosen else Path(cache_directory() or ".").parent / "policyeval-benchmarks"


def peer_python() -> Path:
    return home() / "venv" / "bin" / "python"


def peer_program(name: str) -> str | None:
    """The path of a peer's own command; nothing when it is not installed."""
    path = peer_python().parent / name
    return str(path) if path.exists() else None


def set_up() -> None:
    """Install the peers, each from its registry by its ordinary client."""
    home().mkdir(parents=True, exist_ok=True)
    if not peer_python().exists():
        subprocess.run([sys.executable, "-m", "venv", str(home() / "venv")], check=True)
    subprocess.run([str(peer_python()), "-m", "pip", "install", "--quiet", *PYTHON_PEERS], check=True)
    npm = shutil.which("npm")
    if npm is not None:
        folder = home() / "node"
        folder.mkdir(exist_ok=True)
        subprocess.run([npm, "install", "--silent", "--prefix", str(folder), NODE_PEER], check=True)
    print(f"{len(managed_policies()):,} managed policies and the peers are in {home()}")


@cache
def managed_policies() -> dict[str, Any]:
    """The documents of AWS's managed policies by name; empty when moto is not there."""
    kept = home() / "managed-policies.json"
    if not kept.exists():
        if not peer_python().exists():
            return {}
        printed = "import moto.iam.aws_managed_policies as held; print(held.aws_managed_policies_data)"
        ran = subprocess.run([str(peer_python()), "-c", printed], capture_output=True, text=True, check=False)
        if ran.returncode:
            return {}
        documents = {name: entry["Document"] for name, entry in json.loads(ran.stdout).items()}
        kept.write_text(json.dumps(documents), encoding="utf-8")
    held: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return held


def ask_python_peer(name: str, question: dict[str, Any]) -> dict[str, Any] | None:
    """Run one benchmark of a Python peer in its own environment; nothing when it is not installed."""
    if not peer_python().exists():
        return None
    return _ask([str(peer_python()), str(HERE / "peers" / "python_peer.py"), name], question)


def ask_node_peer(question: dict[str, Any]) -> dict[str, Any] | None:
    node = shutil.which("node")
    modules = home() / "node" / "node_modules"
    if node is None or not (modules / NODE_PEER).exists():
        return None
    return _ask([node, str(HERE / "peers" / "node_peer.cjs"), str(modules.parent)], question)


def _ask(command: list[str], question: dict[str, Any]) -> dict[str, Any] | None:
    ran = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"left out: {command[-1]}: {ran.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    answer: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return answer
