"""/lienket: one person on several channels, joined by a code that is made on one and typed on another."""

import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Address, Choice, Reply
from handlers.commands import menu_choice, private_only, wants
from handlers.flow import Flow
from handlers.passcodes import digest, fresh, locked_out, typed, written, wrong
from handlers.permissions import held
from handlers.role_texts import tenure_line
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.wording import bare, channel_name, day, local_day
from storage.records import Reach

NAME = "lienket"
MAKE, JOIN, LEAVE = "ma", "noi", "tach"
# Long enough to open the other channel and type, too short to be found lying about.
MINUTES = 10
# Of more addresses and roles than these the others are not listed.
MOST_SHOWN = 8
MOST_ROLES = 3
_PHRASES = ("lien ket", "lien ket tai khoan", "noi tai khoan", "link", "link accounts")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Show the addresses, make a code, take one, or let an address go."""
    code = typed("link", turn.text) if turn.incoming.kind == "text" else None
    pressed = turn.pressed(NAME)
    if code is None and not pressed and not wants(turn, NAME, *_PHRASES):
        return None
    if turn.incoming.group:
        return private_only(turn)
    if turn.person.notice == "refused":
        return _needs_consent(turn)
    if code is not None:
        return _offered(turn, code)
    verb, arg, revision = pressed or ("", "", "")
    if verb == JOIN:
        return _joined(turn, revision)
    if verb == LEAVE:
        return _left(turn, arg)
    return _made(turn) if verb == MAKE else _listed(turn)


def ask(turn: Turn) -> list[Reply]:
    """The second question before two accounts become one: whoever made the code gets all that this one has."""
    maker = turn.records.registry.roles.linked(str(turn.conversation.data.get("linking", "")))
    channels = sorted({channel_name(reach.address) for reach in turn.records.reach(maker)}) if maker else []
    if not channels:
        turn.enter("")
        return _expired(turn)
    lines = [
        turn.say("Nối tài khoản này với tài khoản đã lấy mã ở {channels}?", channels=", ".join(channels)),
        turn.say(
            "Nối rồi thì hai nơi là một người: cùng vai trò, cùng bài đang làm, cùng cài đặt. "
            "Chỉ nối khi chính anh/chị vừa lấy mã; ai đưa mã bảo anh/chị gõ thì đừng nối."
        ),
        *(turn.say("Ở đây anh/chị là {role}.", role=tenure_line(turn, one)) for one in held(turn)[:MOST_ROLES]),
    ]
    # The conversation is saved once more with this question, and the button is for that state only.
    sure = value(NAME, JOIN, "", turn.conversation.revision + 1)
    return reply(
        Markup("\n").join(lines),
        Choice(str(turn.say("Nối hai tài khoản")), sure),
        Choice(str(turn.say("Không nối")), value("huy")),
    )


def read(_: Turn) -> Sequence[Reply] | None:
    """Nothing is read here: only the button joins, and typing its words presses it."""
    return None


FLOW = Flow(ask, read)


def _needs_consent(turn: Turn) -> list[Reply]:
    text = turn.say("Anh/chị đã chọn không lưu, nên tôi không nối được tài khoản. Nếu đổi ý, xin xem lại lời xin phép.")
    return reply(text, Choice(str(turn.say("Xem lại lời xin phép")), value("thongbao")), menu_choice(turn))


def _listed(turn: Turn) -> list[Reply]:
    reaches = turn.records.reach(turn.person.id)[:MOST_SHOWN]
    lines = [
        turn.say("<b>Tài khoản của anh/chị</b>"),
        *(_place(turn, reach) for reach in reaches),
        turn.say("Muốn dùng cùng một vai trò, cùng bài đang làm ở kênh khác thì lấy mã ở đây rồi gõ ở kênh kia."),
    ]
    choices = [Choice(str(turn.say("Lấy mã liên kết")), value(NAME, MAKE))]
    if len(reaches) > 1:
        choices += [
            Choice(bare(turn.say("Tách {place}", place=_place(turn, reach))), value(NAME, LEAVE, _mark(reach.address)))
            for reach in reaches
        ]
    return reply(Markup("\n").join(lines), *choices, menu_choice(turn))


def _place(turn: Turn, reach: Reach) -> Markup:
    """An address by its channel and when it was used, without who is there."""
    channel = channel_name(reach.address)
    if reach.address == turn.incoming.address:
        return turn.say("{channel}, đang dùng", channel=channel)
    return turn.say("{channel}, dùng ngày {day}", channel=channel, day=day(local_day(reach.seen)))


def _made(turn: Turn) -> list[Reply]:
    registry = turn.records.registry
    code = fresh("link", registry.code)
    registry.roles.offer_link(turn.person.id, digest("link", code), MINUTES * 60)
    text = turn.say(
        "Mã liên kết: <code>{code}</code>\nTrong {minutes} phút, anh/chị mở kênh kia và gõ mã này cho Bạn Phố, "
        "hoặc mở đường dẫn nếu có. Mã dùng một lần; đừng đưa cho ai.",
        code=written("link", code),
        minutes=MINUTES,
    )
    elsewhere = [link for name, link in turn.doors.links(code).items() if name != turn.incoming.address.channel]
    lines = [text, *(Markup('<a href="{}">{}</a>').format(link, link) for link in elsewhere)]
    return reply(Markup("\n").join(lines), menu_choice(turn))


def _offered(turn: Turn, code: str) -> list[Reply]:
    """What is said to a code that was typed."""
    if not code:
        text = turn.say(
            "Mã liên kết có 9 chữ và số, ví dụ <code>K7M-R3X-PQ9</code>. Gõ <b>liên kết</b> ở kênh kia để lấy mã."
        )
        return reply(text, Choice(str(turn.say("Lấy mã liên kết")), value(NAME, MAKE)), menu_choice(turn))
    locked = locked_out(turn)
    if locked:
        return locked
    hash = digest("link", code)
    maker = turn.records.registry.roles.linked(hash)
    if not maker:
        return wrong(turn)
    if maker == turn.person.id:
        return reply(turn.say("Mã này của chính tài khoản này. Anh/chị gõ mã ở kênh kia."), menu_choice(turn))
    turn.remember(linking=hash)
    turn.enter(NAME, JOIN)
    return ask(turn)


def _joined(turn: Turn, revision: str) -> list[Reply]:
    """Join, where that was just asked; everybody concerned is told where they are."""
    conversation = turn.conversation
    if conversation.flow != NAME or revision != str(conversation.revision):
        return reply(turn.say("Nút này đã cũ nên tôi chưa nối gì. Anh/chị gõ lại mã liên kết."), menu_choice(turn))
    roles = turn.records.registry.roles
    maker = roles.take_link(str(conversation.data.get("linking", "")))
    turn.enter("")
    turn.remember(linking=None)
    if not maker or maker == turn.person.id:
        return _expired(turn)
    others = [reach.address for reach in turn.records.reach(maker)]
    roles.join(turn.person.id, maker)
    turn.person = turn.records.kept(maker).person
    _warn(turn, others)
    channels = sorted({channel_name(address) for address in (turn.incoming.address, *others)})
    lines = [
        turn.say("Đã nối: {channels} giờ là một người.", channels=", ".join(channels)),
        *(tenure_line(turn, tenure) for tenure in held(turn)[:MOST_ROLES]),
        turn.say("Bài đang làm ở kênh kia làm tiếp được ở đây. Muốn tách thì gõ <b>liên kết</b>."),
    ]
    forms = [Choice(str(turn.say("Biểu mẫu cần làm")), value("bieumau"))] if held(turn) else []
    return reply(Markup("\n").join(lines), *forms, menu_choice(turn))


def _warn(turn: Turn, others: Sequence[Address]) -> None:
    """Where the code was made it is said that it was used, and what to do if that was somebody else."""
    say = Translator(turn.person.language)
    told = say(
        "Tài khoản này vừa được nối với một tài khoản ở {channel}. "
        "Không phải anh/chị thì gõ <b>liên kết</b> để tách ngay.",
        channel=channel_name(turn.incoming.address),
    )
    for address in others:
        turn.records.queue(address, Reply(told))


def _expired(turn: Turn) -> list[Reply]:
    return reply(turn.say("Mã này đã hết hạn. Anh/chị lấy mã mới ở kênh kia."), menu_choice(turn))


def _left(turn: Turn, mark: str) -> list[Reply]:
    """An address becomes a person of its own again."""
    addresses = [reach.address for reach in turn.records.reach(turn.person.id)]
    address = next((one for one in addresses if _mark(one) == mark), None)
    if address is None or not turn.records.registry.roles.leave(address.channel, address.chat):
        return reply(turn.say("Tài khoản này không nối với tài khoản nào khác."), menu_choice(turn))
    text = turn.say(
        "Đã tách {channel}. Vai trò và bài đang làm ở lại với tài khoản còn lại.", channel=channel_name(address)
    )
    if address != turn.incoming.address:
        told = turn.say("Tài khoản này đã được tách ra. Từ giờ tôi coi như mới gặp anh/chị ở đây.")
        turn.records.queue(address, Reply(told))
    return reply(text, menu_choice(turn))


def _mark(address: Address) -> str:
    """A short sign of an address, because a button has little room."""
    return hashlib.sha256(f"{address.channel} {address.chat}".encode()).hexdigest()[:12]
