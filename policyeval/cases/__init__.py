"""Decision cases, `policyeval.test/1`: what a team expects of its policies, as data that can be run."""
