"""Outputs that other programs read: versioned models, kept apart from the evaluator's own."""
