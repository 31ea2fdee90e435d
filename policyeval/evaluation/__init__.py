"""The decision: requests, conditions, statements, layers."""
