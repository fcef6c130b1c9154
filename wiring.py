"""The parts put together: everything that `bot.py run` starts, and the conversation in a terminal."""

import logging
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from settings import Settings, web_secret

# What is needed is imported when it is put together: `bot.py ask` has to answer within a moment.
if TYPE_CHECKING:
    from channels.telegram import Telegram
    from channels.web_server import Server
    from conversation import Attachment, Channel, PaperFile, ReadOut
    from engine import Engine
    from handlers.turn import Doors
    from knowledge.reloading import Documents
    from knowledge.units import Ward
    from storage.files import Files
    from storage.store import Store

    Known = tuple[Documents, Ward]

log = logging.getLogger("bot")


async def run_everything(settings: Settings) -> None:
    """Start the web chat, and every other channel that has settings; return after a signal."""
    from channels.clock import Clock
    from channels.links import Links
    from channels.web import WebChat
    from channels.web_server import make_server
    from channels.web_webhook import webhook_route
    from handlers.wording import capital
    from storage.history import History
    from storage.metrics import health, metrics
    from storage.store import opened, utc_now

    known = documents, ward = loaded(settings)
    async with opened(settings.database_url, sole=True) as store:
        history = History(store)
        telegram = _telegram(settings) if settings.telegram_token else None
        secret = web_secret(settings)
        files = _files(store, ward, settings.files_folder(), Links(secret).for_all(settings.public_url))
        web = WebChat(
            secret,
            history,
            capital(ward.name),
            public_url=settings.public_url,
            files=files.offers,
            health=lambda: health(store),
            metrics=lambda: metrics(store),
            routes=[webhook_route("/telegram", telegram.webhook)] if telegram and settings.webhook_url() else [],
        )
        server = make_server(web.app, settings.web_host, settings.web_port, web.stop_streams)
        click.echo(f"Mở {settings.web_address(server.port)} để hỏi; bấm Ctrl+C để dừng.")
        channels: list[Channel] = [web, Clock(utc_now), *([telegram] if telegram else [])]
        log.info("started: %s", ", ".join(channel.name for channel in channels))
        doors = partial(_doors, settings, telegram)
        engine = await _engine(settings, store, channels, known, files, history.wake, doors)
        await _serve(engine, server, documents, files)


def _telegram(settings: Settings) -> "Telegram":
    from channels.telegram import Telegram

    url, secret = settings.webhook_url(), settings.telegram_webhook_secret
    token, api_url = settings.telegram_token, settings.telegram_api_url
    return Telegram(token, api_url=api_url, webhook_url=url, webhook_secret=secret)


def _files(store: "Store", ward: "Ward", folder: Path, link: "Callable[[str], str] | None" = None) -> "Files":
    from handlers import enclosures
    from storage.files import Files

    async def render(attachment: "Attachment") -> "PaperFile":
        # Imported when the first paper is made: it takes memory that a bot without any does not need.
        from conversation import NoFile
        from papers.paper import NoPaper
        from papers.rendering import Issuer
        from papers.rendering import render as rendered

        try:
            return await rendered(attachment, store.registry_read, Issuer(ward.name))
        except NoPaper as error:
            raise NoFile(str(error)) from None

    return Files(store, folder, enclosures, render=render, link=link)


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

    documents, ward = known
    await store.registry_write(lambda registry: enrol_own(registry, ward))
    respond = Responder(lambda: documents.knowledge, ward, settings.today, doors)
    by_name = {channel.name: channel for channel in channels}
    read = _reader(store, settings)
    return Engine(store, by_name, respond, apology, wake=wake, enclose=files.enclose, depot=files.depot, read=read)


def _reader(store: "Store", settings: Settings) -> "ReadOut":
    async def read(file: "PaperFile") -> str:
        from papers.intake import taken_in

        return await taken_in(file, store.registry_read, settings.today())

    return read


async def _serve(engine: "Engine", server: "Server", documents: "Documents", files: "Files") -> None:
    """Run until a signal: no more is claimed, what was begun is settled, then the web server stops."""
    import asyncio

    from channels.system import every, on_signal

    serving = asyncio.create_task(server.serve())
    serving.add_done_callback(lambda _: engine.stop())
    beside = [asyncio.create_task(every(documents.refresh)), asyncio.create_task(files.tidy())]
    on_signal(engine.stop)
    try:
        await engine.run()
    finally:
        for task in beside:
            task.cancel()
        server.stop()
        await serving
    log.info("stopped")


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
            files, wake, doors = _files(store, known[1], kept), History(store).wake, partial(_doors, settings, None)
            engine = await _engine(settings, store, [terminal], known, files, wake, doors)
            on_signal(engine.stop)
            events = terminal.events(first, pressed=True)
            if sys.stdin.isatty():
                click.echo("Gõ câu hỏi rồi bấm Enter; gửi tệp thì gõ /tep và đường dẫn; bấm Ctrl+C để thôi.\n")
                events = events or terminal.events(["/start"])
            await store.receive(terminal.name, events)
            await engine.run()


def loaded(settings: Settings) -> "Known":
    """The documents and the ward of the settings; what is wrong with documents is logged."""
    from knowledge.reloading import Documents
    from knowledge.units import load_ward

    documents = Documents(settings.knowledge_dir)
    for problem in documents.refresh():
        log.warning("%s", problem)
    log.info("%d documents", len(documents.knowledge.library.documents))
    return documents, load_ward(settings.unit)
