"""Bạn Phố: the parts put together for each command of `channels/command_line.py`."""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from channels.command_line import main, wait
from settings import Settings, load_settings, web_secret

# What is needed is imported when it is put together: `ask` has to answer within a moment.
if TYPE_CHECKING:
    from channels.telegram import Telegram
    from conversation import Channel, PaperFile
    from engine import Engine
    from handlers.diagnosis import Line
    from handlers.turn import Doors
    from knowledge.model import Library
    from knowledge.reloading import Documents
    from knowledge.units import Ward
    from storage.files import Files
    from storage.store import Store

    Known = tuple[Documents, Ward]

T = TypeVar("T")
log = logging.getLogger("bot")


class Bot:
    """`channels.command_line.Work`, with the settings of this process. Raises `SettingsError`."""

    def __init__(self) -> None:
        self._settings = load_settings()

    def run(self) -> None:
        """Start the web chat, and every other channel that has settings; return after a signal."""
        self._wait(run_everything(self._settings), logging.INFO)

    def chat(self, role: str) -> None:
        """Hold the conversation in this terminal; in the demo ward in a role, or as a resident."""
        self._wait(run_terminal(self._settings, role))

    def answer(self, today: date | None) -> tuple[Callable[[str, str], Mapping[str, Any]], Any]:
        """What answers a question and a unit with JSON, and what answers lines of JSON, each with JSON."""
        from channels.markup import plain
        from handlers.asking import Asked, asker, each

        (documents, ward), day = loaded(self._settings), today or self._settings.today()
        answer = asker(documents.knowledge, ward, time.perf_counter, plain)
        return lambda text, unit: answer(Asked(text, day, unit)), lambda lines: each(lines, day, answer)

    def check(self) -> tuple[Sequence[object], str]:
        """Everything that is wrong with the documents and the ward, and what there is of them."""
        from knowledge.reloading import examine
        from knowledge.units import load_ward

        library, problems = examine(self._settings.knowledge_dir)
        load_ward(self._settings.unit)
        return problems, f"{len(library.documents)} văn bản, {len(library.entries)} mục, không có lỗi"

    def doctor(self) -> "tuple[Sequence[Line], bool]":
        """Settings, token, webhook, clock, database, disk, documents: a line each, and whether one is bad."""
        from handlers.diagnosis import BAD

        lines = self._wait(_diagnosis(self._settings), logging.CRITICAL)
        return lines, any(verdict == BAD for verdict, _ in lines)

    def backup(self, file: Path) -> Iterator[str]:
        """Copy the database to a new file and what people sent into a folder beside it, also while the bot runs."""
        from storage.files import back_up_files
        from storage.store import back_up

        self._wait(back_up(self._settings.database_url, self._settings.database_file(), file))
        yield f"Đã sao lưu vào {file}"
        beside = file.with_name(f"{file.name}.files")
        if count := self._wait(back_up_files(self._settings.files_folder(), beside)):
            yield f"Đã sao lưu {count} ảnh, tệp vào {beside}"

    def import_units(self, file: IO[bytes]) -> tuple[Sequence[str], bool]:
        """Bring the units in line with a CSV file; where a line is wrong nothing is written."""
        from handlers.enrolment import enrol
        from knowledge.roster_table import MOST_BYTES
        from knowledge.units import load_ward
        from storage.store import with_registry

        ward, data = load_ward(self._settings.unit), file.read(MOST_BYTES + 1)
        url = self._settings.database_url
        done = self._wait(with_registry(url, lambda registry: enrol(registry, ward, data, "cli")))
        return done.lines, done.refused

    def invite(self, picture: Path | None, wish: Mapping[str, Any]) -> Iterable[str]:
        """Make a one-time code that gives somebody a role."""
        return self._wait(_invite(self._settings, picture, wish))

    def export(self, folder: Path, order: Mapping[str, Any]) -> Path:
        """Write the papers of a form that units have handed in as a file. Raises `OSError`."""
        made = self._wait(_export(self._settings, order))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / made.name).write_bytes(made.content)
        return folder / made.name

    def _wait(self, work: Coroutine[Any, Any, T], level: int = logging.WARNING) -> T:
        return wait(work, self._settings.secrets(), level)


async def run_everything(settings: Settings) -> None:
    """Start the web chat, and every other channel that has settings; return after a signal."""
    from channels.clock import Clock
    from channels.links import Links
    from channels.system import every, until_signal
    from channels.web import WebChat
    from channels.web_calendar import calendar_route
    from channels.web_server import make_server
    from channels.web_webhook import webhook_route
    from handlers.calendars import PATH as CALENDARS
    from handlers.wording import capital
    from knowledge.reminding import mornings
    from papers.calendar_links import by_key
    from storage.history import History
    from storage.metrics import health, metrics
    from storage.store import opened, utc_now

    known = documents, ward = loaded(settings)
    async with opened(settings.database_url, sole=True) as store:
        history = History(store)
        telegram = await _telegram(settings, store) if settings.telegram_token else None
        secret = web_secret(settings)
        files = _files(store, known, settings.files_folder(), Links(secret).for_all(settings.public_url))
        web = WebChat(
            secret,
            history,
            capital(ward.name),
            public_url=settings.public_url,
            files=files.offers,
            health=lambda: health(store),
            metrics=lambda: metrics(store),
            routes=[
                calendar_route(CALENDARS, by_key(store.registry_read, ward.name, _library(known), settings.today)),
                *([webhook_route("/telegram", telegram.webhook)] if telegram and settings.webhook_url() else []),
            ],
        )
        server = make_server(web.app, settings.web_host, settings.web_port, web.stop_streams)
        print(f"Mở {settings.web_address(server.port)} để hỏi; bấm Ctrl+C để dừng.", flush=True)
        channels: list[Channel] = [web, Clock(utc_now, [mornings().first]), *([telegram] if telegram else [])]
        log.info("started: %s", ", ".join(channel.name for channel in channels))
        doors = partial(_doors, settings, telegram)
        engine = await _engine(settings, store, channels, known, files, history.wake, doors)
        await until_signal(engine.run, engine.stop, server, [every(documents.refresh), files.tidy()])
        log.info("stopped")


async def _telegram(settings: Settings, store: "Store") -> "Telegram":
    from channels.telegram import Telegram
    from channels.telegram_uploads import Uploads
    from storage.copies import Copies

    await (uploads := Uploads(Copies(store, Telegram.name))).load()
    url, secret = settings.webhook_url(), settings.telegram_webhook_secret
    token, api_url = settings.telegram_token, settings.telegram_api_url
    return Telegram(token, api_url=api_url, webhook_url=url, webhook_secret=secret, uploads=uploads)


def _files(store: "Store", known: "Known", folder: Path, link: "Callable[[str], str] | None" = None) -> "Files":
    from handlers import enclosures
    from papers.rendering import Issuer, renderer
    from storage.files import Files

    issuer = Issuer(known[1].name, library=_library(known))
    return Files(store, folder, enclosures, render=renderer(store.registry_read, issuer), link=link)


def _library(known: "Known") -> "Callable[[], Library]":
    return lambda: known[0].knowledge.library


def _doors(settings: Settings, telegram: "Telegram | None") -> "Doors":
    from handlers.turn import Doors

    return Doors(telegram.username if telegram else "", settings.public_url)


async def _engine(
    settings: Settings,
    store: "Store",
    channels: "list[Channel]",
    known: "Known",
    files: "Files",
    wake: Any,
    doors: "Callable[[], Doors]",
) -> "Engine":
    from engine import Engine
    from handlers.apology import apology
    from handlers.dispatch import Responder
    from handlers.enrolment import enrol_own
    from papers.intake import intake

    documents, ward = known
    await store.registry_write(lambda registry: enrol_own(registry, ward))
    respond = Responder(lambda: documents.knowledge, ward, settings.today, doors)
    by_name = {channel.name: channel for channel in channels}
    read = intake(store.registry_read, settings.today)
    return Engine(store, by_name, respond, apology, wake=wake, enclose=files.enclose, depot=files.depot, read=read)


async def run_terminal(settings: Settings, role: str) -> None:
    """Hold the conversation in this terminal until its input ends; in the demo ward in a role, or as a resident."""
    from channels.system import on_signal
    from channels.terminal import Terminal
    from handlers.demonstration import presses
    from storage.history import History
    from storage.store import opened

    known = loaded(settings)
    first = presses(role, known[1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # Trying the bot leaves nothing behind, unless somebody named a database.
        url = settings.database_url if "database_url" in settings.given else f"sqlite:///{folder}/chat.db"
        async with opened(url, sole=True) as store:
            kept = settings.files_folder() if {"database_url", "files_dir"} & settings.given else Path(folder) / "files"
            terminal = Terminal(folder=kept / "terminal")
            files, wake, doors = _files(store, known, kept), History(store).wake, partial(_doors, settings, None)
            engine = await _engine(settings, store, [terminal], known, files, wake, doors)
            on_signal(engine.stop)
            events = terminal.events(first, pressed=True)
            if sys.stdin.isatty():
                print("Gõ câu hỏi rồi bấm Enter; gửi tệp thì gõ /tep và đường dẫn; bấm Ctrl+C để thôi.\n", flush=True)
                events = events or terminal.events(["/start"])
            await store.receive(terminal.name, events)
            await engine.run()


def loaded(settings: Settings) -> "Known":
    """The documents and the ward of the settings; what is wrong with documents is logged."""
    from knowledge.reloading import load_documents
    from knowledge.units import load_ward

    return load_documents(settings.knowledge_dir), load_ward(settings.unit)


async def _invite(settings: Settings, qr: Path | None, wish: Mapping[str, Any]) -> Iterable[str]:
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


async def _export(settings: Settings, order: Mapping[str, Any]) -> "PaperFile":
    from handlers.export_orders import export_order
    from knowledge.units import load_ward
    from papers.rendering import Issuer, render
    from storage.store import with_registry

    ward = load_ward(settings.unit)
    kept = partial(with_registry, settings.database_url)
    wanted = await kept(lambda registry: export_order(registry, by="cli", **order))
    return await render(wanted, kept, Issuer(ward.name))


async def _diagnosis(settings: Settings) -> "list[Line]":
    from channels.telegram_inquiry import inquire
    from channels.web_server import is_free
    from handlers import diagnosis
    from knowledge.holidays import holidays
    from knowledge.reloading import examine
    from storage.inspection import inspect

    library, problems = examine(settings.knowledge_dir)
    base = await inspect(settings.database_url, settings.database_file())
    asked = await inquire(settings.telegram_token, settings.telegram_api_url)
    wanted = settings.webhook_url()
    return [
        diagnosis.documents(len(library.documents), len(library.entries), len(problems)),
        diagnosis.clock(settings.today(), settings.banpho_now is not None, asked.ahead),
        diagnosis.holidays(holidays().unknown(settings.today())),
        diagnosis.database(base.place, base.counts, base.reason),
        diagnosis.disk(base.place, base.free),
        diagnosis.web(settings.web_address(settings.web_port), is_free(settings.web_host, settings.web_port)),
        diagnosis.telegram(asked.reason or asked.trouble, asked.name, asked.webhook, wanted, asked.pending),
    ]


if __name__ == "__main__":
    main(obj=Bot)
