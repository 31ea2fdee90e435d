"""An account from whichever file describes it."""

from __future__ import annotations

from policyeval.account.account import Account
from policyeval.account.authorization_details import is_authorization_details, read_authorization_details
from policyeval.account.file import read_account_file
from policyeval.reading import read_document


def load_account(path: str, *, exact: bool = False) -> Account:
    """Read an account file or an export; raises `AccountError` and what reading raises, each with its place."""
    source, value = read_document(path)
    if is_authorization_details(value):
        return read_authorization_details(source, value)
    return read_account_file(source, value, exact=exact)
