"""`python -m policyeval`."""

from policyeval.cli.main import main

main()
