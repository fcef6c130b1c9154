"""Everything that the bot reacts to, in order: the first handler whose message it is answers."""

from handlers import (
    announcing,
    bulletin_screens,
    calendars,
    cancel,
    contact,
    criteria,
    deadlines,
    desk,
    documents,
    drafts,
    exports,
    filling,
    hard_copies,
    home,
    inviting,
    joining,
    language,
    linking,
    media,
    nos,
    notice,
    onbehalf,
    opening_texts,
    openings,
    paperwork,
    personal,
    questions,
    receiving,
    rejoinders,
    reminders,
    reviewing,
    reviews,
    round_changes,
    rounds,
    sendings,
    sign_offs,
    takebacks,
    tallies,
    tenures,
    ward_deadlines,
    welcome,
)
from handlers.flow import Flow
from handlers.turn import Handler

HANDLERS: tuple[Handler, ...] = (
    # /huy, and "thôi" inside a flow
    cancel.handle,
    # a code of the ward, typed or brought by a link
    joining.handle,
    # /lienket, and a code of another channel
    linking.handle,
    # /start
    welcome.start,
    # /trogiup, "menu", "help"
    welcome.help,
    # what was said to the notice of first contact
    notice.handle,
    # /thongbao, and what is pressed below an announcement
    receiving.handle,
    receiving.below,
    # "đã đọc", "gửi lại", "tắt đi", typed below an announcement
    rejoinders.handle,
    # /guitin
    announcing.handle,
    # /tindagui
    sendings.handle,
    # a second one's decision
    sign_offs.handle,
    # sheet, script and SMS of an announcement
    media.handle,
    # /nhacviec, "nhắc lại sau", and a deadline of the ward's own
    reminders.handle,
    ward_deadlines.handle,
    # /lich
    calendars.handle,
    # /hannop
    deadlines.handle,
    # /tieuchi
    criteria.handle,
    # /5khong
    nos.handle,
    # /vanban
    documents.handle,
    # /nhapthay, and /bieumau of staff
    onbehalf.handle,
    hard_copies.handle,
    takebacks.handle,
    # /bieumau, and the buttons of forms
    paperwork.handle,
    filling.handle,
    # /canbo
    desk.handle,
    # /duyet
    reviewing.handle,
    # /tiendo
    tallies.handle,
    # /xuat
    exports.handle,
    # /dot, /modot, and changing a round
    rounds.handle,
    openings.handle,
    round_changes.handle,
    # /vaitro
    tenures.handle,
    # /moi
    inviting.handle,
    # /donvi
    home.handle,
    # /ngonngu
    language.handle,
    # /dulieu, "xóa thông tin của tôi"
    personal.handle,
    # /lienhe
    contact.handle,
    # any other command
    welcome.unknown,
    # "quay lại" where nothing is half done
    cancel.back,
    # any other text, and the choices below answers
    questions.handle,
)

# What has several steps, by its name in the conversation.
FLOWS: dict[str, Flow] = {
    home.NAME: home.FLOW,
    personal.NAME: personal.FLOW,
    paperwork.NAME: paperwork.FLOW,
    drafts.FLOW_NAME: filling.FLOW,
    reviews.NAME: reviewing.FLOW,
    exports.NAME: exports.FLOW,
    onbehalf.NAME: onbehalf.FLOW,
    hard_copies.NAME: hard_copies.FLOW,
    takebacks.NAME: takebacks.FLOW,
    opening_texts.NAME: openings.FLOW,
    round_changes.NAME: round_changes.FLOW,
    bulletin_screens.NAME: announcing.FLOW,
    ward_deadlines.NAME: ward_deadlines.FLOW,
    joining.NAME: joining.FLOW,
    tenures.NAME: tenures.FLOW,
    inviting.NAME: inviting.FLOW,
    linking.NAME: linking.FLOW,
}
