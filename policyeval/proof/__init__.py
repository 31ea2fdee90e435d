"""Proofs about policies: what a change grants, and what a policy can never grant. See `docs/proofs.md`."""
