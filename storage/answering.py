"""What handling one stored message is: understand it, find who sent it, let them be answered."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from conversation import CLOCK, Channel, Incoming, Reply
from storage.errors import brief
from storage.handling import TransactionRecords, Unreadable
from storage.inbox import Waiting
from storage.records import Conversation, Person, Respond


class Answering:
    """The two steps of a `Handler`, for some channels and something that knows what to say."""

    def __init__(self, channels: Mapping[str, Channel], respond: Respond, apology: Callable[[Person], Reply]) -> None:
        self._channels = channels
        self._respond = respond
        self._apology = apology

    def answer(self, waiting: Waiting, records: TransactionRecords) -> None:
        """Write what `respond` says. Raises `Unreadable` and whatever `respond` raises."""
        incoming = self._understand(waiting)
        if incoming is None:
            return
        if waiting.channel == CLOCK:
            self._respond(incoming, Person(CLOCK), Conversation(CLOCK), records)
            return
        person, conversation = self._sender(incoming, records)
        records.answer(incoming, self._respond(incoming, person, conversation, records))

    def apologise(self, waiting: Waiting, records: TransactionRecords) -> None:
        """Write the apology, to people only."""
        incoming = self._understand(waiting)
        if incoming is not None and waiting.channel != CLOCK:
            person, _ = self._sender(incoming, records)
            records.answer(incoming, [self._apology(person)])

    def _understand(self, waiting: Waiting) -> Incoming | None:
        try:
            incoming = self._channels[waiting.channel].translate(waiting.raw)
        except Exception as error:
            raise Unreadable(brief(error)) from error
        return replace(incoming, files=waiting.files) if incoming and waiting.files else incoming

    def _sender(self, incoming: Incoming, records: TransactionRecords) -> tuple[Person, Conversation]:
        found = records.sender(incoming.address)
        shown = incoming.text or ", ".join(file.name for file in incoming.files)
        if shown and self._channels[incoming.address.channel].pulls:
            records.line(replace(incoming, text=shown))
        return found
