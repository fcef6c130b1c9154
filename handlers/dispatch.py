"""From one message to the replies: which handler it is for, and what stays in the conversation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from conversation import CLOCK, Incoming, Reply
from handlers import FLOWS, HANDLERS, cancel, mornings, notice, sendings
from handlers.choosing import kept, press
from handlers.commands import menu_choice
from handlers.contact import contact_lines
from handlers.enclosures import unfit
from handlers.passcodes import brought
from handlers.translation import Translator
from handlers.turn import Doors, Turn, reply
from knowledge.understanding import Knowledge
from knowledge.units import Ward
from storage.records import Conversation, FilesWanted, Person, Records


class Responder:
    """`storage.records.Respond` for a ward. Knowledge, day and doors are asked for with every message."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        ward: Ward,
        today: Callable[[], date],
        doors: Callable[[], Doors] = Doors,
    ) -> None:
        self._knowledge, self._ward, self._today, self._doors = knowledge, ward, today, doors

    def __call__(
        self, incoming: Incoming, person: Person, conversation: Conversation, records: Records
    ) -> Sequence[Reply]:
        """The replies; none to the clock, and none in a group where the bot was not meant."""
        if incoming.address.channel == CLOCK:
            self._ticked(incoming, records)
        if incoming.address.channel == CLOCK or (incoming.group and not incoming.addressed):
            return []
        turn = self._turn(incoming, person, conversation, records)
        replies = _with_files(turn) or _unreadable(turn) or _read(turn)
        if notice.due(turn):
            turn.remember(noticed=notice.VERSION)
            replies = [*replies, *notice.show(turn)]
        replies = _counted(turn, replies)
        turn.remember(choices=kept(replies))
        if turn.conversation != conversation:
            records.save_conversation(turn.conversation)
        return replies

    def _turn(self, incoming: Incoming, person: Person, conversation: Conversation, records: Records) -> Turn:
        say = Translator(person.language or incoming.language)
        ward, knowledge = self._ward, self._knowledge()
        return Turn(incoming, person, conversation, records, knowledge, ward, self._today(), say, self._doors())

    def _ticked(self, incoming: Incoming, records: Records) -> None:
        """What the clock says: an announcement has come further, or time has passed."""
        if incoming.key.startswith("announcement:"):
            sendings.moved(records, incoming.key)
            return

        def turn_of(person: str) -> Turn:
            return self._turn(incoming, Person(person), Conversation(person), records)

        mornings.rung(records, self._today(), incoming.key, turn_of)


def _counted(turn: Turn, replies: list[Reply]) -> list[Reply]:
    """The replies, with choices that have no numbers where a typed number is an answer."""
    flow = FLOWS.get(turn.conversation.flow)
    if flow is None or not any(answer.choices for answer in replies) or not flow.expects_number(turn):
        return replies
    return [replace(answer, numbered=False) for answer in replies]


def _with_files(turn: Turn) -> list[Reply]:
    """What the open flow says to files that it takes. Raises `FilesWanted` until they are fetched."""
    flow, files = FLOWS.get(turn.conversation.flow), turn.incoming.files
    if flow is None or not files or not flow.takes_files(turn):
        return []
    if any(not (file.id or file.problem) for file in files):
        raise FilesWanted
    problems = [file.problem for file in files if file.problem]
    if problems:
        return [Reply(unfit(turn.say, problems[0])), *flow.ask(turn)]
    return list(flow.read(turn) or ())


def _unreadable(turn: Turn) -> list[Reply]:
    """What is said to a photo, a voice message and the like; words beside it are read."""
    words = {
        "photo": turn.say("Tôi chưa đọc được ảnh."),
        "file": turn.say("Tôi chưa đọc được tệp."),
        "sticker": turn.say("Cảm ơn anh/chị. Tôi chỉ đọc được chữ."),
        "voice": turn.say("Tôi chưa nghe được tin thoại."),
        "place": turn.say("Tôi không cần vị trí của anh/chị và không lưu lại."),
        "other": turn.say("Tôi chưa đọc được loại tin này."),
    }.get(turn.incoming.kind)
    if words is None:
        return []
    if turn.text:
        turn.incoming = replace(turn.incoming, kind="text")
        return [Reply(words), *_read(turn)]
    asks = turn.say("Anh/chị gõ câu hỏi bằng chữ giúp tôi.")
    return [*reply(words + " " + asks, menu_choice(turn)), *_asked_again(turn)]


def _read(turn: Turn) -> list[Reply]:
    """Replies of the flow that is open, or of the first handler whose message it is."""
    if turn.incoming.kind == "edited":
        turn.incoming = replace(turn.incoming, kind="text")
    flow = FLOWS.get(turn.conversation.flow)
    turn.incoming = press(turn, flow is not None and flow.expects_number(turn))
    before = turn.conversation
    if flow and not turn.command() and not brought(turn):
        replies = (None if flow.own_cancel else cancel.handle(turn)) or flow.read(turn)
        if replies is not None:
            return list(replies)
    replies = _first(turn)
    same = (before.flow, before.step) == (turn.conversation.flow, turn.conversation.step)
    if not flow or not same or all(answer.replaces for answer in replies):
        return replies
    # The handler of the flow itself may have asked just now.
    asked = list(flow.ask(turn))
    return replies if replies == asked else [*replies, *asked]


def _first(turn: Turn) -> list[Reply]:
    for handler in HANDLERS:
        replies = handler(turn)
        if replies is not None:
            return list(replies)
    if turn.incoming.kind == "choice":
        text = turn.say("Nút này đã cũ. Anh/chị gõ câu hỏi, hoặc bấm Trợ giúp để chọn lại.")
        return reply(text, menu_choice(turn))
    return reply(contact_lines(turn), menu_choice(turn))


def _asked_again(turn: Turn) -> list[Reply]:
    flow = FLOWS.get(turn.conversation.flow)
    return list(flow.ask(turn)) if flow else []
