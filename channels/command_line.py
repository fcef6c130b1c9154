"""The command line: what is typed becomes a call, what comes back is printed; errors for people end in one line."""

import logging
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

import click

from channels.streams import json_lines, speak_utf8, write_json

T = TypeVar("T")


class Work(Protocol):
    """What the commands do. Whatever is raised with `for_people` ends the command with its text as one line."""

    def run(self) -> None:
        """Start every channel that has settings; return after a signal."""

    def chat(self, role: str) -> None:
        """Hold a conversation on the standard streams, as a resident or in a role."""

    def answer(self, today: date | None) -> tuple[Callable[[str, str], Mapping[str, Any]], Any]:
        """What answers a question and a unit with JSON, and what answers lines of JSON, each with JSON."""

    def check(self) -> tuple[Sequence[object], str]:
        """Everything that is wrong with the documents, and what there is of them."""

    def doctor(self) -> tuple[Sequence[tuple[str, str]], bool]:
        """A verdict and a sentence for each thing looked at, and whether one of them is bad."""

    def backup(self, file: Path) -> Iterable[str]:
        """Copy what is kept; lines that say where."""

    def import_units(self, file: IO[bytes]) -> tuple[Sequence[str], bool]:
        """Bring the units in line with a table: what changed or is wrong, and whether it was refused."""

    def invite(self, picture: Path | None, wish: Mapping[str, Any]) -> Iterable[str]:
        """Make an invitation; lines that hand it over."""

    def export(self, folder: Path, order: Mapping[str, Any]) -> Path:
        """Write papers into a folder, as a new or replaced file."""


class Stop(click.ClickException):
    """The command cannot go on; one line says why and what to do."""

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(" ".join(self.message.split()), file or sys.stderr)


class Commands(click.Group):
    """Commands whose expected errors, those with `for_people`, end in one line."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command. Raises `Stop`."""
        try:
            return super().invoke(context)
        except Exception as error:
            if getattr(error, "for_people", False):
                raise Stop(str(error)) from None
            raise


def wait(work: Coroutine[Any, Any, T], secrets: Sequence[str], level: int = logging.WARNING) -> T:
    """Run to the end, with logs from a level on and without secrets in them."""
    # Imported when needed: `bot.py ask` waits for nothing, and has to answer within a moment.
    import asyncio

    from channels.system import log_to_stderr

    log_to_stderr(level, secrets)
    return asyncio.run(work)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Bạn Phố answers questions from the ward's own documents. Without a command: run."""
    speak_utf8(sys.stdout, sys.stderr)
    # Given as what makes the work from the settings, which are read now.
    context.obj = context.obj()
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
@click.pass_obj
def run(work: Work) -> None:
    """Start every channel that has settings, and the web chat."""
    work.run()


@main.command()
@click.option("--as", "role", type=click.Choice(["resident", "leader", "staff"]), default="resident")
@click.pass_obj
def chat(work: Work, role: str) -> None:
    """Talk with the bot in this terminal; in the demo ward also as a leader or as staff, whose role is then kept."""
    work.chat(role)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one line of JSON.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it is asked.")
@click.option("--unit", default="", help="A unit or place whose documents come first.")
@click.option("--batch", is_flag=True, help="Read questions as JSON lines from standard input.")
@click.argument("question", nargs=-1)
@click.pass_obj
def ask(work: Work, as_json: bool, today: datetime | None, unit: str, batch: bool, question: tuple[str, ...]) -> None:
    """Answer one question, or a batch of them."""
    text = " ".join(question).strip()
    if bool(text) == batch:
        raise click.UsageError("expected either a question or --batch with questions on standard input")
    one, each = work.answer(today.date() if today else None)
    if batch:
        for said in each(json_lines(sys.stdin.buffer)):
            write_json(said)
        return
    said = one(text, unit)
    write_json(said) if as_json else click.echo(readable(said))


def readable(said: Mapping[str, Any]) -> str:
    """An answer in JSON as text for people: the answer, and its choices numbered."""
    labels = [f"  {place}. {label}" for place, label in enumerate(said["choices"], 1)]
    return "\n".join([said["answer"], *labels])


@main.command()
@click.pass_obj
def check(work: Work) -> None:
    """Load the documents and the ward, and say everything that is wrong with them."""
    problems, there = work.check()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Stop(f"{len(problems)} lỗi; sửa theo từng dòng trên rồi chạy lại bot.py check")
    click.echo(there)


@main.command()
@click.pass_obj
def doctor(work: Work) -> None:
    """Look at settings, tokens, webhook, clock, database, disk and documents."""
    lines, bad = work.doctor()
    for verdict, sentence in lines:
        click.echo(f"[{verdict}] {sentence}")
    raise SystemExit(bad)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(work: Work, file: Path) -> None:
    """Write a consistent copy of the database to FILE, and of photos and files beside it, also while the bot runs."""
    click.echo("\n".join(work.backup(file)))


@main.group()
def units() -> None:
    """The units of the ward: tổ dân phố, bản, offices, schools, Party cells."""


@units.command("import")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def import_units(work: Work, file: IO[bytes]) -> None:
    """Bring the units in line with a CSV file; where a line is wrong nothing is written."""
    lines, refused = work.import_units(file)
    click.echo("\n".join(lines), err=refused)
    raise SystemExit(refused)


@main.command()
@click.option("--role", type=click.Choice(["leader", "staff", "admin"]), required=True)
@click.option("--unit", required=True, help="The code of the unit; of the ward for staff and admins.")
@click.option("--name", default="", help="What the person is called.")
@click.option("--expires", default="7d", show_default=True, help="How long the code holds, as 7d or 12h.")
@click.option("--qr", type=click.Path(dir_okay=False, path_type=Path), help="Write the link as a picture, .png.")
@click.pass_obj
def invite(work: Work, /, qr: Path | None, **wish: Any) -> None:
    """Make a one-time code that gives somebody a role."""
    click.echo("\n".join(work.invite(qr, wish)))


@main.command()
@click.argument("form")
@click.option("--unit", default="", help="The code of a unit; all units where it is left out.")
@click.option("--period", default="", help="The period of a round, as “2026”; the newest where it is left out.")
@click.option("--format", "file_format", type=click.Choice(["docx", "xlsx", "csv", "json"]), default="docx")
@click.option("--waiting", is_flag=True, help="Also what staff have not looked at yet.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=".", help="The folder to write to.")
@click.pass_obj
def export(work: Work, /, to: Path, **order: Any) -> None:
    """Write the papers of FORM that units have handed in as a file."""
    try:
        click.echo(f"Đã ghi {work.export(to, order)}")
    except OSError as error:
        raise Stop(f"không ghi được vào {to} ({error.strerror}); chọn thư mục khác bằng --to") from None
