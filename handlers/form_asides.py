"""What is said in the middle of a form and is no answer to it; a question that names nothing is about the form."""

import re
from collections.abc import Sequence

from conversation import Reply
from handlers.asides import is_question
from handlers.commands import folded
from handlers.drafts import Draft
from handlers.steering import screen
from handlers.wording import day
from knowledge.findings import Finding
from knowledge.focus import Focus

_UNSURE = re.compile(
    r"(?:toi |minh )?(?:khong biet|chua biet|khong ro|chua ro|khong hieu|chua hieu|khong chac|chua chac|kho qua)"
    r"(?: (?:tra loi|ghi|dien|lam|the nao|sao|nua|lam|cau nay))*"
)
_LEFT = re.compile(
    r"(?:con )?(?:bao nhieu|may|nhieu) (?:cau|muc|tieu chi|nua)(?: (?:nua|khong|vay|the))*|bao gio xong|dai khong"
)
# Fewer words that mean something than this name no topic; and of those that fit several papers.
_TOPIC, _NAME = 3, 2


def aside(draft: Draft) -> Sequence[Reply] | None:
    """What is said to a message that is no answer; none where others know, None where it asks nothing."""
    turn = draft.turn
    text = folded(turn.text)
    if _UNSURE.fullmatch(text):
        kept = turn.say(
            "Chưa chắc thì anh/chị cứ để đó: gõ <b>lưu</b> rồi hỏi cán bộ phường, lúc nào làm tiếp cũng được. "
            "Những câu đã trả lời vẫn còn."
        )
        return [Reply(kept), *screen(draft)]
    if _LEFT.fullmatch(text):
        saved, total = draft.progress
        left = turn.say("Đã lưu {saved}/{total} mục, còn {left}.", saved=saved, total=total, left=total - saved)
        return [Reply(left), *screen(draft)]
    found = turn.knowledge.find(turn.text, turn.today)
    if (turn.text.endswith("?") or found.reading.facets) and _names_nothing(found):
        return _about_form(draft, found)
    return [] if is_question(turn) else None


def _names_nothing(found: Finding) -> bool:
    content = len(found.reading.content)
    return (found.reason in ("broad", "far") and content < _TOPIC) or (found.kind == "clarify" and content < _NAME)


def _about_form(draft: Draft, found: Finding) -> Sequence[Reply]:
    """Its day is that of the round; anything else is looked up near what is asked."""
    turn, facets = draft.turn, found.reading.facets
    round = turn.records.registry.rounds.get(draft.submission.round)
    if facets and facets[0] in ("when", "late") and round and round.due:
        left = (round.due - turn.today).days
        text = (
            turn.say("Đợt này hạn {day}, còn {count} ngày.", day=day(round.due), count=left)
            if left >= 0
            else turn.say("Đợt này hạn {day}, đã qua {count} ngày.", day=day(round.due), count=-left)
        )
        return [Reply(text), *screen(draft)]
    turn.keep_focus(_focus(draft))
    return []


def _focus(draft: Draft) -> Focus:
    """The clause of the one thing that is asked, else what the form is for, else the list of its clauses."""
    asked, form, library = draft.asked(), draft.form, draft.turn.knowledge.library
    documents = (form.document,) if form.document in library.documents else ()
    if asked and asked[0].entry:
        return Focus(asked[0].entry, "", asked[0].short or asked[0].prompt, documents)
    clauses = (library.entries.get(field.entry) for field in form.fields)
    clause = next((clause for clause in clauses if clause), None)
    entry = form.deadline or ((clause.parent or clause.id) if clause else "")
    return Focus(entry, "", form.short or form.title, documents)
