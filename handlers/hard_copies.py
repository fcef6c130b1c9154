"""The paper itself that staff enter for a leader: its photo is kept, its filled-in workbook is read."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, IncomingFile, Reply
from handlers.blank_texts import cell_lines, refusal
from handlers.commands import folded
from handlers.drafts import OPEN_STATES, Draft, taken_up
from handlers.flow import Flow
from handlers.permissions import may, turned_away
from handlers.steering import begin
from handlers.turn import Turn, reply, value
from knowledge.bad_cells import BadCell, Given
from knowledge.blank_json import BlankOf, unpacked

NAME = "bangiay"
TYPE = "nhap"
# More files than this are an album.
MOST_FILES = 20
_TYPE = frozenset({"nhap", "nhap tung cau", "khong co", "khong", "bo qua", "tiep", "skip"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The button that goes on with typing, however old."""
    pressed = turn.pressed(NAME)
    if pressed is None:
        return None
    if away := turned_away(turn, "fill_in_for"):
        return away
    draft = _draft(turn, pressed[1])
    return begin(draft) if draft else _gone(turn)


def ask(turn: Turn) -> list[Reply]:
    """For the paper, or to type it."""
    draft = _draft(turn, turn.conversation.step)
    return screen(draft) if draft else _gone(turn)


def read(turn: Turn) -> Sequence[Reply] | None:
    """Files, or the words that go on without."""
    draft = _draft(turn, turn.conversation.step)
    if turn.incoming.kind == "choice":
        return handle(turn)
    if draft is None:
        return _gone(turn)
    if turn.incoming.files:
        return _received(draft, turn.incoming.files)
    return begin(draft) if folded(turn.text) in _TYPE else None


def takes_files(turn: Turn) -> bool:
    """Whether somebody may send the paper here."""
    return _draft(turn, turn.conversation.step) is not None


FLOW = Flow(ask, read, takes_files=takes_files)


def offered(draft: Draft) -> list[Reply]:
    """Ask for the paper before the first question."""
    draft.turn.enter(NAME, draft.submission.id)
    return screen(draft)


def screen(draft: Draft) -> list[Reply]:
    """What may be sent here, and the way past it."""
    say = draft.turn.say
    text = say(
        "Gửi vào đây ảnh bài giấy của <b>{unit}</b>, hoặc tệp Excel đã điền theo mẫu của phường. "
        "Không có thì bấm nút dưới đây.",
        unit=draft.unit.name,
    )
    return reply(text, Choice(str(say("Nhập từng câu")), value(NAME, TYPE, draft.submission.id)))


def _draft(turn: Turn, id: str) -> Draft | None:
    draft = taken_up(turn, id)
    there = draft and draft.submission.state in OPEN_STATES and may(turn, "fill_in_for", draft.unit.code)
    return draft if there else None


def _gone(turn: Turn) -> list[Reply]:
    turn.enter("")
    text = turn.say("Bài này không còn mở để nhập. Gõ <b>nhập thay</b> để xem các bài.")
    return reply(text, Choice(str(turn.say("Nhập thay bài giấy")), value("nhapthay")))


def _received(draft: Draft, files: Sequence[IncomingFile]) -> list[Reply]:
    """Keep what came, and write the answers of what was read."""
    turn = draft.turn
    room = MOST_FILES - len(turn.records.files.of(draft.submission.id))
    if len(files) > room:
        return [Reply(turn.say("Bài này đã kèm đủ {count} tệp.", count=MOST_FILES)), *screen(draft)]
    replies: list[Reply] = []
    kept = 0
    for file in files:
        blank = unpacked(file.reading, draft.form)
        refused = blank and refusal(turn, _problems(draft, blank))
        if refused:
            replies.append(Reply(refused))
            continue
        turn.records.files.keep(file, turn.person.id, draft.submission.id)
        kept += 1
        if blank:
            replies.append(_imported(draft, blank))
    if kept and len(replies) < len(files):
        replies.append(Reply(turn.say("Đã giữ {count} tệp của bài giấy.", count=kept)))
    return [*replies, *screen(draft)]


def _problems(draft: Draft, blank: BlankOf) -> Sequence[BadCell]:
    """What is wrong with a blank for this submission, beside what was found in it."""
    if not blank.form:
        return blank.read.bad
    if blank.form != draft.form.id:
        return [BadCell("other_form")]
    if blank.version != draft.submission.version:
        return [BadCell("other_version")]
    if blank.unit != draft.unit.code or blank.round not in ("", draft.submission.round):
        return [BadCell("other_unit")]
    return blank.read.bad


def _imported(draft: Draft, blank: BlankOf) -> Reply:
    """Write the answers; a list in the file takes the place of the one that is there."""
    say = draft.turn.say
    for field in draft.form.fields:
        if field.kind == "rows" and field.id in blank.read.answers:
            draft.drop(field.id)
    for path, given in blank.read.answers.items():
        if _new(draft, path, given):
            draft.put(path, given.value, given.raw)
    count = sum("/" not in path and "#" not in path for path in blank.read.answers)
    lines = [say("Đã ghi {count} câu từ tệp Excel.", count=count)]
    if blank.read.bad:
        lines += [say("Chưa ghi được {count} ô, anh/chị nhập nốt:", count=len(blank.read.bad))]
        lines += cell_lines(draft.turn, blank.read.bad)
    return Reply(Markup("\n").join(lines))


def _new(draft: Draft, path: str, given: Given) -> bool:
    return draft.answers.get(path) != given.value
