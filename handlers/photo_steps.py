"""Photos and files in a form: kept as they come, as many as the field takes, then on to the next thing."""

from collections.abc import Sequence

from conversation import Reply
from handlers.drafts import OPEN_STATES, Draft, taken_up
from handlers.step_texts import choices, step_question
from handlers.turn import Turn
from knowledge.forms import Field

# More than these are an album, unless the form says how many.
MOST_FILES = 5
DONE_WORDS = frozenset({"xong", "het", "het roi", "du roi", "done"})


def takes_files(turn: Turn) -> bool:
    """Whether a photo or file is an answer to what is asked."""
    draft = taken_up(turn, turn.conversation.step)
    found = draft.asked() if draft and draft.submission.state in OPEN_STATES else None
    return found is not None and found[0].kind == "files"


def received(draft: Draft, field: Field, path: str) -> list[Reply]:
    """Keep what came, and say how many there are."""
    turn = draft.turn
    there = _kept(draft, path)
    room = (field.most or MOST_FILES) - len(there)
    taken = [file for file in turn.incoming.files if file.id][: max(room, 0)]
    there += [
        {"id": turn.records.files.keep(file, turn.person.id, draft.submission.id), "name": file.name[:80]}
        for file in taken
    ]
    if taken:
        draft.put(path, there, "")
    say = turn.say
    text = say("Đã nhận {count} tệp.", count=len(there))
    if len(taken) < len(turn.incoming.files):
        text += say(" Mục này nhận nhiều nhất {most} tệp.", most=field.most or MOST_FILES)
    else:
        text += say(" Còn thì gửi tiếp, đủ rồi thì bấm Xong.")
    return [Reply(text, tuple(choices(draft, field, path)))]


def asked_for(draft: Draft) -> list[Reply]:
    """What is said to words where a photo or file is asked for."""
    text = draft.turn.say("Mục này cần ảnh hoặc tệp. Anh/chị gửi vào đây, hoặc bấm nút bên dưới.")
    return [Reply(text), *step_question(draft)]


def enough(draft: Draft, field: Field, path: str) -> bool:
    """Whether one may go on: something was sent, or nothing has to be."""
    return bool(_kept(draft, path)) or not field.required


def _kept(draft: Draft, path: str) -> list[object]:
    told = draft.answers.get(path)
    return list(told) if isinstance(told, Sequence) and not isinstance(told, str) else []
