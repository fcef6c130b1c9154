"""What the command line asks to be exported: which round is meant, and the attachment that is rendered from it."""

from conversation import Attachment
from storage.registry import Registry, Round


class BadOrder(ValueError):
    """An export that cannot be made; the text says what was asked for and what there is."""

    # The text is for whoever runs the bot.
    for_people = True


def export_order(
    registry: Registry, form: str, unit: str, period: str, file_format: str, *, waiting: bool, by: str
) -> Attachment:
    """The attachment for the newest round of a form, or the one of a period. Raises `BadOrder`.

    `unit` empty: all units. `waiting`: also what staff have not looked at yet. The audit tells of it.
    """
    rounds = registry.rounds.every(form)
    if not rounds:
        known = ", ".join(sorted({round.form for round in registry.rounds.every()})) or "chưa có đợt nào"
        raise BadOrder(f"biểu mẫu “{form}” chưa có đợt nào; các biểu mẫu đã mở đợt: {known}")
    round = _round(list(rounds), period)
    if unit and unit not in round.units:
        raise BadOrder(f"đơn vị “{unit}” không nằm trong đợt {round.period}; các mã: {', '.join(round.units[:20])}")
    params = {"round": round.id, "unit": unit, "format": file_format}
    params["states"] = "accepted,submitted" if waiting else "accepted"
    registry.audit.add("export", round.id, "exported", by, after=f"{unit or '*'} {file_format} {params['states']}")
    return Attachment("export", params)


def _round(rounds: list[Round], period: str) -> Round:
    """The newest round, or the newest of a period: "năm 2026", or a part of it."""
    found = [round for round in rounds if period.casefold() in round.period.casefold()]
    if not found:
        there = ", ".join(dict.fromkeys(round.period for round in rounds))
        raise BadOrder(f"không có đợt “{period}”; các đợt của biểu mẫu này: {there}")
    return found[0]
