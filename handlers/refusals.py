"""Kind words where the documents do not answer, and where the message is no question."""

from collections.abc import Callable, Mapping
from datetime import date

from markupsafe import Markup

from handlers.quoting import excerpt
from handlers.translation import Translator
from handlers.wording import banner, paper, source_line, title
from knowledge.findings import Finding
from knowledge.model import Entry, Library

QUOTE_ROOM = 420


def refusal(finding: Finding, library: Library, say: Translator, today: date, contact: Markup) -> Markup:
    """What the documents do say, where they name it, that the rest is not in them, and whom to ask."""
    if finding.reason == "empty":
        return say(
            "Tôi chưa nhận được câu hỏi. Anh/chị gõ điều muốn hỏi, ví dụ: hạn nộp danh sách khen niên hạn là khi nào."
        )
    if finding.reason == "unknown_document":
        return _joined(_unknown_paper(library, say), contact)
    if finding.reason == "unknown_number":
        return _joined(_unknown_number(finding, library, say), contact)
    if finding.entry is None:
        return _joined(_nowhere(finding, say), contact)
    document = library.document_of(finding.entry)
    quote, _ = excerpt(finding.entry.quote, finding.reading, QUOTE_ROOM)
    return _joined(
        missing(finding, finding.entry, say),
        Markup("<blockquote>{}</blockquote>").format(f"“{quote}”"),
        source_line(say, document, (finding.entry,)),
        banner(say, document, today),
        contact,
    )


def _joined(*parts: Markup) -> Markup:
    return Markup("\n\n").join(part for part in parts if part)


def missing(finding: Finding, entry: Entry, say: Translator) -> Markup:
    """What the paper names or says without giving what was asked for."""
    if finding.reason == "gap":
        return say(
            "Văn bản có nhắc tới {title} nhưng không nêu nội dung, nên tôi không giải thích thêm. Văn bản chỉ ghi:",
            title=title(say, entry),
        )
    what = finding.attribute_name(say.language)
    return say("Văn bản không nêu {what} cho việc này. Điều văn bản có ghi:", what=what)


def _unknown_paper(library: Library, say: Translator) -> Markup:
    names = "; ".join(f"{paper(say, document)} ({document.locality})" for document in library.documents.values())
    return say("Tôi không có văn bản này, nên không trả lời thay được. Tôi chỉ tra trong: {names}.", names=names)


def _unknown_number(finding: Finding, library: Library, say: Translator) -> Markup:
    head = say("Không có tiêu chí số {number} trong các văn bản tôi có.", number=finding.attribute)
    for document in library.documents.values():
        numbers = [entry.number for entry in document.entries if entry.number]
        if numbers:
            head += say(" {place}: từ {first} đến {last}.", place=document.locality, first=numbers[0], last=numbers[-1])
    return head


def _nowhere(finding: Finding, say: Translator) -> Markup:
    if finding.attribute:
        what = finding.attribute_name(say.language)
        head = say("Các văn bản tôi có không nêu {what} cho việc này.", what=what)
    else:
        head = say("Các văn bản tôi có không nói về việc này, nên tôi không đoán.")
    if finding.options:
        head += say(" Có thể anh/chị muốn xem một trong các mục gần nhất dưới đây.")
    return head


def courtesy(name: str, say: Translator) -> Markup:
    """The fixed reply to a greeting, thanks, an insult, an emergency or a trick."""
    return _COURTESIES[name](say)


def _fire(say: Translator) -> Markup:
    return say(
        "Gọi ngay <b>114</b> (cháy, cứu nạn). Báo cho người xung quanh và ra nơi an toàn trước. "
        "Có người bị thương thì gọi 115."
    )


def _crime(say: Translator) -> Markup:
    return say("Gọi ngay <b>113</b> (công an). Giữ an toàn cho mình trước; có người bị thương thì gọi 115.")


def _medical(say: Translator) -> Markup:
    return say("Gọi ngay <b>115</b> (cấp cứu). Nếu có cháy hoặc người mắc kẹt thì gọi 114, có kẻ tấn công thì gọi 113.")


def _help(say: Translator) -> Markup:
    return say(
        "Việc gấp xin gọi ngay: <b>113</b> công an, <b>114</b> cháy và cứu nạn, <b>115</b> cấp cứu. "
        "Khi đã an toàn, anh/chị nhắn lại cho tôi."
    )


def _injection(say: Translator) -> Markup:
    return say(
        "Tôi chỉ trả lời theo đúng lời các văn bản và không làm khác được. "
        "Anh/chị cần tra điều gì trong văn bản, tôi tìm giúp."
    )


def _insult(say: Translator) -> Markup:
    return say(
        "Tôi xin lỗi nếu đã làm anh/chị bực. Anh/chị cho tôi biết việc cần hỏi, tôi tìm trong văn bản; "
        "việc khác xin gặp cán bộ phường."
    )


def _thanks(say: Translator) -> Markup:
    return say("Dạ, không có gì. Bà con cần tra gì thêm cứ nhắn.")


def _bye(say: Translator) -> Markup:
    return say("Chào anh/chị. Khi cần, anh/chị cứ nhắn lại.")


def _greeting(say: Translator) -> Markup:
    return say(
        "Chào anh/chị. Tôi là Bạn Phố, trả lời bà con bằng đúng lời văn bản của phường. "
        "Anh/chị hỏi về tiêu chí, hạn nộp, khen thưởng, ai phụ trách hay “5 không” đều được."
    )


def _identity(say: Translator) -> Markup:
    return say(
        "Tôi là Bạn Phố, một chương trình tra cứu của phường, không phải người thật. "
        "Tôi chỉ trả lời bằng lời văn bản: tiêu chí, hạn nộp, khen thưởng, trách nhiệm và “5 không”."
    )


def _elsewhere(say: Translator) -> Markup:
    return say(
        "Việc này ngoài các văn bản tôi có, nên tôi xin không trả lời. "
        "Anh/chị hỏi tôi về tiêu chí, hạn nộp, khen thưởng hay “5 không” thì tôi giúp được."
    )


_COURTESIES: Mapping[str, Callable[[Translator], Markup]] = {
    "fire": _fire,
    "crime": _crime,
    "medical": _medical,
    "help": _help,
    "injection": _injection,
    "insult": _insult,
    "thanks": _thanks,
    "bye": _bye,
    "greeting": _greeting,
    "identity": _identity,
    "elsewhere": _elsewhere,
}
