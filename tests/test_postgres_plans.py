"""A server is asked the same while its tables grow a thousandfold within a minute: it never keeps an old plan."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage import open_store, outbox
from storage.database import Transaction
from tests.databases import HOME, database_url

ROWS = 20_000
_GROW = """
insert into outbox (id, announcement, person, channel, chat, position, body, state, due_at, created_at)
select cast(n as text), 'one', cast(n as text), 'pretend', cast(n as text), n, '', 'queued', '', ''
from generate_series(1, :rows) as number(n)
"""
_READ = "select seq_tup_read from pg_stat_xact_user_tables where relname = 'outbox'"


@pytest.mark.anyio
async def test_no_answer_goes_through_the_rows_of_an_announcement(tmp_path: Path) -> None:
    url = database_url("postgres", tmp_path)
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        # Now the server knows that there is nothing in it, and going through it is the best plan.
        connection.execute("vacuum analyze outbox")
    store = open_store(url)
    await store.open()

    def read(transaction: Transaction) -> int:
        for _ in range(20):
            outbox.busy(transaction, HOME)
        transaction.execute(_GROW, rows=ROWS)
        [[before]] = transaction.execute(_READ)
        outbox.busy(transaction, HOME)
        [[after]] = transaction.execute(_READ)
        return int(after) - int(before)

    assert await store.database.write(read) < ROWS
    await store.close()
