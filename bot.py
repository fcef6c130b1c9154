"""Bạn Phố: the command line."""

import logging
import sys
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from channels.streams import json_lines, speak_utf8, write_json
from settings import Settings, SettingsError, load_settings
from wiring import loaded, run_everything, run_terminal

# What a command needs is imported when it runs: `ask` has to answer within a moment.
if TYPE_CHECKING:
    from handlers.diagnosis import Line

T = TypeVar("T")


class Stop(click.ClickException):
    """The command cannot go on; one line says why and what to do."""

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(" ".join(self.message.split()), file or sys.stderr)


class Commands(click.Group):
    """Commands whose expected errors end in one line."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command. Raises `Stop`."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            from channels.web_server import CannotListen
            from conversation import ChannelStopped
            from knowledge.reloading import NoDocuments
            from knowledge.units import WardError
            from storage.records import StorageError

            ours = SettingsError | NoDocuments | WardError | StorageError | ChannelStopped | CannotListen
            if isinstance(error, ours):
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
    """Talk with the bot in this terminal."""
    if role != "resident":
        click.echo("Bản này mới có phần dành cho người dân, nên anh/chị thấy như một người dân.", err=True)
    _wait(run_terminal(settings), settings, logging.WARNING)


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
    from handlers.asking import Asked, BadQuestion, read_line, readable, refused

    text, day = " ".join(question).strip(), today.date() if today else settings.today()
    if bool(text) == batch:
        raise click.UsageError("expected either a question or --batch with questions on standard input")
    answer = _asker(settings)
    if not batch:
        said = answer(Asked(text, day, unit))
        write_json(said) if as_json else click.echo(readable(said))
        return
    for line in json_lines(sys.stdin.buffer):
        try:
            write_json(answer(read_line(line, day)))
        except BadQuestion as error:
            write_json(refused(error))


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


def _wait(work: Coroutine[Any, Any, T], settings: Settings, level: int) -> T:
    """Run to the end, with logs from a level on."""
    import asyncio

    from channels.system import log_to_stderr

    log_to_stderr(level, settings.secrets())
    return asyncio.run(work)


def _asker(settings: Settings) -> "Callable[[Any], dict[str, Any]]":
    from channels.markup import plain
    from handlers.asking import answered, timed

    documents, ward = loaded(settings)
    know = documents.knowledge
    return lambda asked: answered(asked, *timed(asked, know, ward, time.perf_counter), know.library, plain)


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
