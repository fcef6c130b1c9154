"""Bạn Phố: the command line."""

import logging
import sys
import time
from collections.abc import Coroutine, Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from channels.streams import json_lines, speak_utf8, write_json
from conversation import ChannelStopped
from settings import Settings, SettingsError, load_settings
from wiring import loaded, run_everything, run_terminal

# What a command needs is imported when it runs: `ask` has to answer within a moment.
if TYPE_CHECKING:
    from conversation import PaperFile
    from handlers.diagnosis import Line

T = TypeVar("T")


class Stop(click.ClickException):
    """The command cannot go on; one line says why and what to do."""

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(" ".join(self.message.split()), file or sys.stderr)


class Commands(click.Group):
    """Commands whose expected errors end in one line: those of settings and channels, and those with `for_people`."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command. Raises `Stop`."""
        try:
            return super().invoke(context)
        except Exception as error:
            if isinstance(error, SettingsError | ChannelStopped) or getattr(error, "for_people", False):
                raise Stop(str(error)) from None
            raise


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Bạn Phố answers questions from the ward's own documents. Without a command: run."""
    speak_utf8(sys.stdout, sys.stderr)
    context.obj = load_settings()
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Start every channel that has settings, and the web chat."""
    _wait(run_everything(settings), settings, logging.INFO)


@main.command()
@click.option("--as", "role", type=click.Choice(["resident", "leader", "staff"]), default="resident")
@click.pass_obj
def chat(settings: Settings, role: str) -> None:
    """Talk with the bot in this terminal; in the demo ward also as a leader or as staff, whose role is then kept."""
    _wait(run_terminal(settings, role), settings, logging.WARNING)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one line of JSON.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it is asked.")
@click.option("--unit", default="", help="A unit or place whose documents come first.")
@click.option("--batch", is_flag=True, help="Read questions as JSON lines from standard input.")
@click.argument("question", nargs=-1)
@click.pass_obj
def ask(
    settings: Settings, as_json: bool, today: datetime | None, unit: str, batch: bool, question: tuple[str, ...]
) -> None:
    """Answer one question, or a batch of them."""
    from channels.markup import plain
    from handlers.asking import Asked, asker, each, readable

    text, day = " ".join(question).strip(), today.date() if today else settings.today()
    if bool(text) == batch:
        raise click.UsageError("expected either a question or --batch with questions on standard input")
    documents, ward = loaded(settings)
    answer = asker(documents.knowledge, ward, time.perf_counter, plain)
    if not batch:
        said = answer(Asked(text, day, unit))
        write_json(said) if as_json else click.echo(readable(said))
        return
    for said in each(json_lines(sys.stdin.buffer), day, answer):
        write_json(said)


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Load the documents and the ward, and say everything that is wrong with them."""
    from knowledge.reloading import examine
    from knowledge.units import load_ward

    library, problems = examine(settings.knowledge_dir)
    load_ward(settings.unit)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Stop(f"{len(problems)} lỗi; sửa theo từng dòng trên rồi chạy lại bot.py check")
    click.echo(f"{len(library.documents)} văn bản, {len(library.entries)} mục, không có lỗi")


@main.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Look at settings, tokens, webhook, clock, database, disk and documents."""
    from handlers.diagnosis import BAD

    lines = _wait(_diagnosis(settings), settings, logging.CRITICAL)
    for verdict, sentence in lines:
        click.echo(f"[{verdict}] {sentence}")
    raise SystemExit(any(verdict == BAD for verdict, _ in lines))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while the bot runs."""
    from storage.store import back_up

    _wait(back_up(settings.database_url, settings.database_file(), file), settings, logging.WARNING)
    click.echo(f"Đã sao lưu vào {file}")


@main.group()
def units() -> None:
    """The units of the ward: tổ dân phố, bản, offices, schools, Party cells."""


@units.command("import")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def import_units(settings: Settings, file: IO[bytes]) -> None:
    """Bring the units in line with a CSV file; where a line is wrong nothing is written."""
    from handlers.enrolment import enrol
    from knowledge.roster_table import MOST_BYTES
    from knowledge.units import load_ward
    from storage.store import with_registry

    ward, data = load_ward(settings.unit), file.read(MOST_BYTES + 1)
    work = with_registry(settings.database_url, lambda registry: enrol(registry, ward, data, "cli"))
    done = _wait(work, settings, logging.WARNING)
    click.echo("\n".join(done.lines), err=done.refused)
    raise SystemExit(done.refused)


@main.command()
@click.option("--role", type=click.Choice(["leader", "staff", "admin"]), required=True)
@click.option("--unit", required=True, help="The code of the unit; of the ward for staff and admins.")
@click.option("--name", default="", help="What the person is called.")
@click.option("--expires", default="7d", show_default=True, help="How long the code holds, as 7d or 12h.")
@click.option("--qr", type=click.Path(dir_okay=False, path_type=Path), help="Write the link as a picture, .png.")
@click.pass_obj
def invite(settings: Settings, /, qr: Path | None, **wish: Any) -> None:
    """Make a one-time code that gives somebody a role."""
    click.echo("\n".join(_wait(_invite(settings, qr, wish), settings, logging.WARNING)))


@main.command()
@click.argument("form")
@click.option("--unit", default="", help="The code of a unit; all units where it is left out.")
@click.option("--period", default="", help="The period of a round, as “2026”; the newest where it is left out.")
@click.option("--format", "form_of_file", type=click.Choice(["docx", "xlsx", "csv", "json"]), default="docx")
@click.option("--waiting", is_flag=True, help="Also what staff have not looked at yet.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=".", help="The folder to write to.")
@click.pass_obj
def export(settings: Settings, /, to: Path, **order: Any) -> None:
    """Write the papers of FORM that units have handed in as a file."""
    made = _wait(_export(settings, order), settings, logging.WARNING)
    try:
        to.mkdir(parents=True, exist_ok=True)
        (to / made.name).write_bytes(made.content)
    except OSError as error:
        raise Stop(f"không ghi được vào {to} ({error.strerror}); chọn thư mục khác bằng --to") from None
    click.echo(f"Đã ghi {to / made.name}")


def _wait(work: Coroutine[Any, Any, T], settings: Settings, level: int) -> T:
    """Run to the end, with logs from a level on."""
    import asyncio

    from channels.system import log_to_stderr

    log_to_stderr(level, settings.secrets())
    return asyncio.run(work)


async def _invite(settings: Settings, qr: Path | None, wish: dict[str, Any]) -> "Iterable[str]":
    from channels.telegram_inquiry import inquire
    from handlers.invitations import Wish, issue_wished, issued_lines
    from handlers.turn import Doors
    from knowledge.units import load_ward
    from papers.codes import new_picture, write_qr
    from storage.store import with_registry

    ward, picture = load_ward(settings.unit), new_picture(qr) if qr else None
    asked = await inquire(settings.telegram_token, settings.telegram_api_url)
    doors, today = Doors(asked.name, settings.public_url), settings.today()
    issued = await with_registry(settings.database_url, lambda kept: issue_wished(kept, ward, today, Wish(**wish)))
    if picture:
        write_qr(picture, issued.handed_over(doors))
    return issued_lines(issued, doors, asked.reason, picture)


async def _export(settings: Settings, order: dict[str, Any]) -> "PaperFile":
    from functools import partial

    from handlers.export_orders import BadOrder, export_order
    from knowledge.units import load_ward
    from papers.paper import NoPaper
    from papers.rendering import Issuer, render
    from storage.store import with_registry

    ward, file_format = load_ward(settings.unit), order.pop("form_of_file")
    kept = partial(with_registry, settings.database_url)
    try:
        wanted = await kept(lambda registry: export_order(registry, file_format=file_format, by="cli", **order))
        return await render(wanted, kept, Issuer(ward.name))
    except (BadOrder, NoPaper) as error:
        raise Stop(str(error)) from None


async def _diagnosis(settings: Settings) -> "list[Line]":
    from channels.telegram_inquiry import inquire
    from channels.web_server import is_free
    from handlers import diagnosis
    from knowledge.reloading import examine
    from storage.inspection import inspect

    library, problems = examine(settings.knowledge_dir)
    base = await inspect(settings.database_url, settings.database_file())
    asked = await inquire(settings.telegram_token, settings.telegram_api_url)
    wanted = settings.webhook_url()
    return [
        diagnosis.documents(len(library.documents), len(library.entries), len(problems)),
        diagnosis.clock(settings.today(), settings.banpho_now is not None, asked.ahead),
        diagnosis.database(base.place, base.counts, base.reason),
        diagnosis.disk(base.place, base.free),
        diagnosis.web(settings.web_address(settings.web_port), is_free(settings.web_host, settings.web_port)),
        diagnosis.telegram(asked.reason or asked.trouble, asked.name, asked.webhook, wanted, asked.pending),
    ]


if __name__ == "__main__":
    main()
