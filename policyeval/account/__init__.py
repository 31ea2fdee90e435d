"""Accounts: users, groups, roles and what is attached to them, from files."""
