"""Tickets: one address, one use, one minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from quantgpt.foundations.errors import QuantError, Unauthenticated
from quantgpt.records import LOCAL_ADMIN
from quantgpt.records.schema import tickets as table
from quantgpt.services import tickets
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("records")


def issue(app: App, subject: str = "stream:abc") -> str:
    """A ticket of the local admin."""
    return tickets._issue(app, LOCAL_ADMIN, subject)


def test_a_ticket_opens_its_own_door_once(app: App) -> None:
    ticket = issue(app)
    for other in ("stream:abd", "report:abc", "stream:", ""):
        with pytest.raises(Unauthenticated):
            tickets.redeem(app, ticket, other)
    assert tickets.redeem(app, ticket, "stream:abc") == LOCAL_ADMIN
    with pytest.raises(Unauthenticated, match="票据无效或已过期"):
        tickets.redeem(app, ticket, "stream:abc")


def test_of_many_at_once_one_gets_in(app: App) -> None:
    ticket = issue(app)

    def enter(_: int) -> bool:
        try:
            return tickets.redeem(app, ticket, "stream:abc") == LOCAL_ADMIN
        except QuantError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(24))) == 1


def test_a_ticket_is_valid_for_a_minute_and_expired_ones_are_swept(app: App) -> None:
    early, late = issue(app), issue(app)
    with app.records.writer.begin() as connection:
        connection.execute(update(table).values(expires_at=table.c.expires_at - 59))
    assert tickets.redeem(app, early, "stream:abc") == LOCAL_ADMIN
    with app.records.writer.begin() as connection:
        connection.execute(update(table).values(expires_at=table.c.expires_at - 2))
    with pytest.raises(Unauthenticated):
        tickets.redeem(app, late, "stream:abc")
    issue(app)
    with app.records.reader.begin() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 1


def test_the_database_does_not_know_the_ticket_itself(app: App) -> None:
    ticket = issue(app)
    with app.records.reader.begin() as connection:
        row = connection.execute(select(table)).mappings().one()
    assert not [value for value in row.values() if ticket.removeprefix(tickets.MARK) in str(value)]


@pytest.mark.parametrize("ticket", ["", "tkt_", "tkt_' or 1=1 --", "tkt_\0", "tkt_\ud800", "x" * 100_000])
def test_what_is_no_ticket_opens_nothing(app: App, ticket: str) -> None:
    issue(app)
    with pytest.raises(Unauthenticated):
        tickets.redeem(app, ticket, "stream:abc")
