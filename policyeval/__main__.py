"""`python -m policyeval`, and the command `policyeval`."""

from __future__ import annotations

INTERRUPTED = 130
"""What a shell takes for a command that an interrupt ended: 128 and the signal's number."""


def main() -> None:
    """Run the command line; an interrupt ends it without a word, also while its modules are still being read."""
    try:
        from policyeval.cli.main import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


if __name__ == "__main__":
    main()
