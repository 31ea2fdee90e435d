"""Keeps what needs mutmut, which ordinary tests do without, from being searched for doctests."""

from __future__ import annotations

collect_ignore = ["__main__.py", "mutants.py"]
