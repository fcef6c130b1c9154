"""From an attachment to its file: what it needs is read first, in a transaction; then, outside of it, it is made.

Kinds and their parameters (all text; those in brackets may be left out):

- export: round, [unit], [submission], [format: docx xlsx csv json], [states: accepted,submitted], [number], [day],
  [made], [asked_by]
- blank: round, unit
- progress: [round], [made]; rounds with commas between, without any all that are open
- qr: text, [format: png svg]
- unreached: announcement
- notice: announcement, [format: sheet script sms]
- poll: announcement
- calendar: unit, today

Days are ISO 8601; an empty text counts as left out. Nothing here asks who may see it: whoever attaches has asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from conversation import Attachment, NoFile, PaperFile, Render
from knowledge.forms import Version, version_of
from knowledge.model import Library
from papers.paper import Filled, NoPaper, Paper, iso_day
from storage.announcements import Announcement
from storage.registry import Registry, Round, State, Submission, UnitRow

KINDS = ("export", "blank", "progress", "qr", "unreached", "notice", "poll", "calendar")
FORMATS = ("docx", "xlsx", "csv", "json")
# Those that count: returned and withdrawn ones are in no paper but their own.
_COUNTING: tuple[State, ...] = ("accepted", "submitted")
Make = Callable[[], PaperFile]


class Source(Protocol):
    """Where the records are read from: `Store.registry_read`."""

    def __call__(self, work: Callable[[Registry], Make]) -> Awaitable[Make]:
        """Run `work`, which only reads, on the registry."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose papers these are."""

    # "phường Tân Phong"
    ward: str
    # The body above it, as printed; may be empty.
    parent: str = ""
    # What the documents ask of the ward stands there; it may change while the bot runs.
    library: Callable[[], Library] | None = None


async def render(attachment: Attachment, source: Source, issuer: Issuer) -> PaperFile:
    """The file of an attachment. Raises `NoPaper` where there is nothing to make, `LookupError` for other kinds."""
    if attachment.kind not in KINDS:
        raise LookupError(attachment.kind)
    make = await source(lambda registry: gathered(attachment, registry, issuer))
    return await asyncio.to_thread(make)


def renderer(source: Source, issuer: Issuer) -> Render:
    """`render` for whoever sends files: where there is nothing to make it raises `NoFile`."""

    async def made(attachment: Attachment) -> PaperFile:
        try:
            return await render(attachment, source, issuer)
        except NoPaper as error:
            raise NoFile(str(error)) from None

    return made


def gathered(attachment: Attachment, registry: Registry, issuer: Issuer) -> Make:
    """Read what the file needs; what is returned makes it, and reads nothing more. Raises `NoPaper`."""
    params = attachment.params
    match attachment.kind:
        case "export":
            return _export(params, registry, issuer)
        case "blank":
            return _blank(params, registry, issuer)
        case "progress":
            return _progress(params, registry, issuer)
        case "unreached":
            return _unreached(params, registry)
        case "notice":
            return _notice(params, registry, issuer)
        case "poll":
            return _poll(params, registry)
        case "calendar":
            return _calendar(params, registry, issuer)
    text, form = params.get("text", ""), params.get("format") or "png"
    return lambda: _code(text, form)


def paper_of(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Paper:
    """The paper that the parameters of an export name. Raises `NoPaper`."""
    round = _round(params, registry)
    wanted = _wanted(params, registry, round)
    if not wanted:
        raise NoPaper("Chưa có bài nào được duyệt trong đợt này; anh/chị duyệt rồi xuất lại.")
    versions = {submission.version for submission, _ in wanted}
    settings = round.settings
    return Paper(
        version=_version(registry, versions.pop() if len(versions) == 1 else round.version),
        ward=issuer.ward,
        filled=_filled(registry, wanted),
        period=round.period,
        parent=settings.get("parent", issuer.parent),
        signer=round.signer,
        number=params.get("number") or settings.get("number", ""),
        day=iso_day(params.get("day") or settings.get("day", "")),
        made=iso_day(params.get("made", "")),
        asked_by=params.get("asked_by", ""),
        settings=settings,
    )


def _wanted(
    params: Mapping[str, str], registry: Registry, round: Round
) -> list[tuple[Submission, Mapping[str, object]]]:
    """One submission in whatever state; else those of the round, or of one unit in it, that count."""
    if id := params.get("submission"):
        submission = registry.submissions.get(id)
        if submission is None or submission.round != round.id:
            return []
        answers = registry.submissions.answers(submission.id)
        return [(submission, {path: answer.value for path, answer in answers.items()})]
    states: list[State] = [state for state in _COUNTING if state in (params.get("states") or "accepted").split(",")]
    found = registry.submissions.of_round(round.id, states)
    unit = params.get("unit", "")
    return [one for one in found if unit in ("", one[0].unit)]


def _filled(registry: Registry, wanted: list[tuple[Submission, Mapping[str, object]]]) -> tuple[Filled, ...]:
    units = {unit.code: unit for unit in registry.units.all()}
    return tuple(
        Filled(units.get(one.unit) or UnitRow(one.unit, one.unit, ""), values, one.code, one.state, one.by_name)
        for one, values in wanted
    )


def _export(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Make:
    form = params.get("format") or "docx"
    if form not in FORMATS:
        raise NoPaper("Tệp xuất ra có bốn dạng: docx, xlsx, csv, json; anh/chị chọn một dạng.")
    paper = paper_of(params, registry, issuer)
    return lambda: written(paper, form)


def written(paper: Paper, form: str) -> PaperFile:
    """The paper in one of the four formats. Raises `NoPaper`."""
    # Each library is imported when its format is asked for.
    if form == "docx":
        from papers.documents import document

        return document(paper)
    if form == "xlsx":
        from papers.workbooks import workbook

        return workbook(paper)
    from papers.extracts import as_json, comma_separated

    return comma_separated(paper) if form == "csv" else as_json(paper)


def _blank(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Make:
    round = _round(params, registry)
    unit = registry.units.get(params.get("unit", ""))
    if unit is None:
        raise NoPaper("Đơn vị này không có trong danh sách; anh/chị chọn lại đơn vị.")
    version = _version(registry, round.version)

    def make() -> PaperFile:
        from papers.blanks import blank

        return blank(version, unit, issuer.ward, round.period, round.id)

    return make


def _progress(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Make:
    ids = params.get("round", "").split(",")
    rounds = [_round({"round": id}, registry) for id in ids] if any(ids) else registry.rounds.current()
    forms = {round.version: _version(registry, round.version).form for round in rounds}
    named = [(forms[round.version].short or forms[round.version].title, round) for round in rounds]
    told = [(name, registry.submissions.tally(round)) for name, round in named]
    made = iso_day(params.get("made", ""))

    def make() -> PaperFile:
        from papers.charts import Bar, progress

        return progress([Bar(*one) for one in told], issuer.ward, made)

    return make


def _unreached(params: Mapping[str, str], registry: Registry) -> Make:
    told = _announcement(params, registry)
    missing = registry.announcements.missing(told.id)
    units = {unit.code: unit.name for unit in registry.units.all()}

    def make() -> PaperFile:
        from papers.call_lists import call_list

        return call_list(told, missing, units)

    return make


def _notice(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Make:
    told, form = _announcement(params, registry), params.get("format") or "sheet"

    def make() -> PaperFile:
        from papers.posters import messages, script, sheet

        return sheet(told, issuer.ward) if form == "sheet" else script(told) if form == "script" else messages(told)

    return make


def _poll(params: Mapping[str, str], registry: Registry) -> Make:
    told = _announcement(params, registry)
    options = told.settings.get("options")
    counts = registry.announcements.choices(told.id)
    units = {unit.code: unit.name for unit in registry.units.all()}

    def make() -> PaperFile:
        from papers.poll_charts import poll_chart

        named = [str(option) for option in options] if isinstance(options, list) else []
        return poll_chart(told.code, str(told.settings.get("text", "")), named, counts, units)

    return make


def _calendar(params: Mapping[str, str], registry: Registry, issuer: Issuer) -> Make:
    from papers.calendars import calendar, calendar_of

    today = iso_day(params.get("today", ""))
    if today is None:
        raise NoPaper("Chưa rõ lịch của ngày nào; anh/chị gõ /lich để lấy lại.")
    library = issuer.library() if issuer.library else None
    unit, days = calendar_of(params.get("unit", ""), registry, library, today)
    return lambda: calendar(unit, days, issuer.ward)


def _announcement(params: Mapping[str, str], registry: Registry) -> Announcement:
    told = registry.announcements.get(params.get("announcement", ""))
    if told is None:
        raise NoPaper("Không thấy thông báo này; anh/chị xem lại danh sách tin đã gửi.")
    return told


def _code(text: str, form: str) -> PaperFile:
    from papers.qr_files import code

    return code(text, form)


def _round(params: Mapping[str, str], registry: Registry) -> Round:
    round = registry.rounds.get(params.get("round", ""))
    if round is None:
        raise NoPaper("Không thấy đợt này; anh/chị xem lại danh sách đợt.")
    return round


def _version(registry: Registry, hash: str) -> Version:
    return version_of(registry.rounds.version(hash))
