"""Accounts: users by e-mail, and the codes that were sent to them."""

from __future__ import annotations

from sqlalchemy import Engine


class AccountRecords:
    """The users and email_codes tables."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
