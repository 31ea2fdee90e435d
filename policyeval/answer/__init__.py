"""Answers of the prover as people and programs read them: drawn, as data, as a comment, as annotations."""
