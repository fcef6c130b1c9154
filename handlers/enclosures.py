"""What is said about files: beside one that is sent, and to one that cannot be taken."""

from markupsafe import Markup

from conversation import Problem
from handlers.translation import Translator
from handlers.wording import number

_MEGABYTE = 1_000_000


def not_made(language: str) -> Markup:
    """Where the file could not be made or is too large to send."""
    say = Translator(language)
    return say("Tôi chưa làm được tệp này. Anh/chị thử lại sau ít phút, hoặc gõ <b>liên hệ</b> để hỏi cán bộ phường.")


def by_link(language: str, name: str, size: int, url: str) -> Markup:
    """Where a channel takes no files: its name, its size in bytes, and the link that is good for a day."""
    say = Translator(language)
    shown = say("{count} MB", count=number(max(size / _MEGABYTE, 0.1), say.language))
    return say(
        'Tệp <a href="{url}">{name}</a> ({size}). Liên kết dùng được trong 24 giờ, xin đừng gửi cho người khác.',
        url=url,
        name=name,
        size=shown,
    )


def unfit(say: Translator, problem: Problem) -> Markup:
    """Why a file that was sent is not taken, and what to do."""
    if problem == "size":
        return say("Tệp này lớn hơn 10 MB. Anh/chị gửi lại giúp tôi một bản nhỏ hơn.")
    if problem == "kind":
        return say("Tôi chỉ nhận ảnh JPEG, PNG và tệp PDF, XLSX, DOCX còn mở được. Anh/chị gửi lại giúp tôi.")
    return say("Tôi chưa tải được tệp này. Anh/chị gửi lại giúp tôi.")
