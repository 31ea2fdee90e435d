"""An account from whichever file describes it."""

from __future__ import annotations

from collections.abc import Mapping

from policyeval.account.account import Account
from policyeval.account.authorization_details import is_authorization_details, read_authorization_details
from policyeval.account.file import read_account_file
from policyeval.errors import PolicyevalError
from policyeval.reading import decode_document, in_its_language, read_document
from policyeval.source import Source


def load_account(path: str, *, exact: bool = False) -> Account:
    """Read an account file or an export; raises `AccountError` and what reading raises, each with its place."""
    source, value = read_document(path)
    if is_authorization_details(value):
        return read_authorization_details(source, value)
    return read_account_file(source, value, exact=exact)


def is_account(source: Source) -> bool:
    """Whether a text is meant as an account file or an export."""
    try:
        value = decode_document(in_its_language(source))
    except PolicyevalError:
        return False
    is_file = isinstance(value, Mapping) and "account" in value and "Statement" not in value
    return is_file or is_authorization_details(value)
