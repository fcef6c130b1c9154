"""Messages with a name, which the next of the same name replaces."""

from collections.abc import Sequence

import pytest

from conversation import Address, Incoming, Raw, Reply
from storage.handling import TransactionRecords
from storage.history import History
from storage.outbox import Settled
from storage.records import Conversation, Person
from tests.databases import Desk, Hands, rows, say
from tests.test_store import raw

pytestmark = pytest.mark.anyio


def post(
    incoming: Incoming, person: Person, conversation: Conversation, records: TransactionRecords
) -> Sequence[Reply]:
    """Tell the chief how far it is, on both channels."""
    for channel in ("pretend", "web"):
        records.post(Address(channel, "chief"), say(incoming.text), "progress", last=incoming.text == "xong")
    return []


async def test_a_post_waits_for_no_answer_of_the_platform(desk: Desk, hands: Hands) -> None:
    """The last edit names the same message as the one that is still being sent."""
    desk.say = post
    edits = []
    for number, text in enumerate(("1 %", "2 %", "xong")):
        await desk.receive("pretend", raw(str(number), text))
        await desk.handle()
        hands.pass_by(2)
        for row in await desk.claim("pretend"):
            edits.append(row.outgoing.edits)
            if text == "1 %":
                await desk.store.settle(row, Settled("sent", message="m1"))
    assert edits == ["", "m1"]
    queued = await rows(desk.store, "select edits from outbox where state = 'queued' and channel = 'pretend'")
    assert [row[0] for row in queued] == ["m1"]


async def test_a_post_takes_the_place_of_the_one_before(desk: Desk, hands: Hands) -> None:
    shown: list[str] = []

    desk.say = post
    for number, text in enumerate(("1 %", "2 %", "3 %", "xong")):
        await desk.receive("pretend", Raw(str(number), "an", f'{{"text": "{text}", "choice": "", "message": ""}}'))
        await desk.handle()
        # The second replaces the first before it is sent.
        if number:
            hands.pass_by(2)
            for row in await desk.claim("pretend"):
                shown.append(f"{row.outgoing.edits}: {row.outgoing.reply.text}")
                await desk.store.settle(row, Settled("sent", message="m1"))
    assert shown == [": 2 %", "m1: 3 %", "m1: xong"]
    lines = [str(line.reply.text) for line in await History(desk.store).latest("chief", 10)]
    assert lines == ["xong"]
