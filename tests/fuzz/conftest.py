"""Keeps the run of atheris, which ordinary tests do without, from being searched for doctests."""

from __future__ import annotations

collect_ignore = ["run.py"]
