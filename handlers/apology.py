"""What a person gets, once, when their message could not be handled."""

from conversation import Reply
from handlers.translation import Translator
from storage.records import Person


def apology(person: Person) -> Reply:
    """The apology in the person's language."""
    say = Translator(person.language)
    text = say("Xin lỗi anh/chị, tin vừa rồi tôi chưa xử lý được. Anh/chị hỏi lại giúp, hoặc gõ <b>liên hệ</b>.")
    return Reply(text)
