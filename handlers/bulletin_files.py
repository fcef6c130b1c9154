"""The photo or file of an announcement: one, sent at any question while it is written; the newest counts."""

from collections.abc import Mapping

from markupsafe import Markup

from conversation import IncomingFile
from handlers.bulletin_screens import CONFIRM, KIND, OPTIONS, TEXT, WORD
from handlers.bulletins import WITH_FILE, file_of, is_photo, is_poll, is_settled, options_of, save, text_of
from handlers.opening_answers import Told
from handlers.permissions import may
from handlers.turn import Turn
from storage.announcements import Announcement


def takes_files(turn: Turn) -> bool:
    """Whether a photo or file belongs to what is being written."""
    return turn.conversation.step != WORD and may(turn, "announce")


def kept(turn: Turn, file: IncomingFile) -> Mapping[str, str]:
    """Keep a file for the ward, not for whoever sent it: what was said to many stays on record."""
    return {"id": turn.records.files.keep(file, ""), "name": file.name[:80], "media_type": file.media_type}


def file_read(turn: Turn, told: Announcement) -> Told:
    """Put the file that came beside the draft, and its caption in the place of the text."""
    step, before = turn.conversation.step, file_of(told)
    file = kept(turn, turn.incoming.files[-1])
    settings = {**told.settings, "file": file}
    captioned = bool(turn.text) and step == TEXT
    if captioned:
        settings["text"] = turn.text
    changed = save(turn, told, settings=settings)
    if changed is None:
        # Somebody decided about it meanwhile: the next screen says so.
        turn.records.files.drop(file["id"])
        return Told(step)
    dropped(turn, told)
    photo = is_photo(changed)
    if before:
        says = turn.say("Đã thay bằng ảnh mới.") if photo else turn.say("Đã thay bằng tệp mới.")
        says += turn.say(" Mỗi thông báo kèm một ảnh hoặc tệp.")
    else:
        says = turn.say("Đã kèm ảnh.") if photo else turn.say("Đã kèm tệp.")
    says += Markup(" ") + (caption_wrong(turn, text_of(changed)) or Markup(""))
    return Told(_following(changed, step, captioned=captioned), says.rstrip())


def caption_wrong(turn: Turn, text: str) -> Markup | None:
    """What is wrong with a text beside a photo or file; None: nothing."""
    if len(text) <= WITH_FILE:
        return None
    return turn.say(
        "Có ảnh hoặc tệp kèm thì nội dung không quá {most} chữ và dấu; bản này dài {length}. Anh/chị gõ bản ngắn hơn.",
        most=WITH_FILE,
        length=len(text),
    )


def _following(told: Announcement, step: str, *, captioned: bool) -> str:
    if not text_of(told) or len(text_of(told)) > WITH_FILE:
        return TEXT
    if not captioned:
        # What was asked is asked again.
        return CONFIRM if step == TEXT else step
    if is_poll(told) and len(options_of(told)) < 2:
        return OPTIONS
    return CONFIRM if is_settled(told) else KIND


def file_removed(turn: Turn, told: Announcement, _: str) -> Told:
    """Send it without."""
    if file_of(told) and save(turn, told, settings={**told.settings, "file": None}):
        dropped(turn, told)
    return Told(CONFIRM)


def dropped(turn: Turn, told: Announcement) -> None:
    """Keep the file of a draft no longer, unless an announcement that it repeats or corrects has it too."""
    file = file_of(told)
    first = turn.records.registry.announcements.get(told.repeats or told.corrects) if file else None
    if file and not (first and file_of(first) == file):
        turn.records.files.drop(file["id"])
