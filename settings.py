"""What the bot is told from outside: the environment, and a file `.env` in the current folder.

Nothing else reads them. Each field of `Settings` is one variable of the same name in capitals; its
metadata holds how it is read and what it means. A relative path is relative to the current folder.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ENV_FILE = Path(".env")
ROOT = Path(__file__).parent
# The days that people mean; Việt Nam has had no other time since 1975.
VIETNAM = timezone(timedelta(hours=7))
LEAST_SECRET = 16

_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}", re.ASCII)
# https://core.telegram.org/bots/api#setwebhook
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9_.:-]{1,253}", re.ASCII)
_UNIT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line: which, what was read, what is expected."""

    for_people = True


def _database_url(text: str) -> str:
    if re.fullmatch(r"sqlite:///[^?]+|postgres(?:ql)?://.+", text):
        return text
    raise ValueError("sqlite:///file.db or postgresql://…")


def _host(text: str) -> str:
    if _HOST.fullmatch(text):
        return text
    raise ValueError("a host name or an IP address")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65_535:
        return int(text)
    raise ValueError("a port from 1 to 65535, or 0 for any free one")


def _web_secret(text: str) -> bytes:
    if len(text.encode()) >= LEAST_SECRET:
        return text.encode()
    raise ValueError(f"at least {LEAST_SECRET} characters")


def _url(text: str) -> str:
    with contextlib.suppress(ValueError):
        parts = urlsplit(text)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if secure and parts.hostname and not (parts.query or parts.fragment or " " in text):
            return text.rstrip("/")
    raise ValueError("an https:// address; http:// is for this machine only")


def _telegram_token(text: str) -> str:
    if _TOKEN.fullmatch(text):
        return text
    raise ValueError("digits, a colon and the secret, as @BotFather gives it")


def _webhook_secret(text: str) -> str:
    if _WEBHOOK_SECRET.fullmatch(text):
        return text
    raise ValueError("1 to 256 letters, digits, _ and -")


def _folders(text: str) -> tuple[Path, ...]:
    found = tuple(Path(part) for part in text.split(os.pathsep) if part)
    if found and all(path.is_dir() for path in found):
        return found
    raise ValueError(f"folders that exist, separated by {os.pathsep!r}")


def _folder(text: str) -> Path:
    if Path(text).is_file():
        raise ValueError("a folder, which is made where it is missing")
    return Path(text)


def _unit(text: str) -> str:
    if _UNIT.fullmatch(text):
        return text
    raise ValueError("the code of a ward: letters, digits, _ and -")


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("an ISO time such as 2026-11-21T08:00") from None
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


def _about(read: Callable[[str], Any], shown: str, meaning: str, *, secret: bool = False) -> dict[str, Any]:
    """Metadata of a field: how its text is read, how its default is shown to people, what it means."""
    return {"read": read, "shown": shown, "meaning": meaning, "secret": secret}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `given` names the fields that are not left to their defaults."""

    database_url: str = field(
        default="sqlite:///data/banpho.db",
        # A PostgreSQL address has a password in it.
        repr=False,
        metadata=_about(_database_url, "`sqlite:///data/banpho.db`", "or `postgresql://…`"),
    )
    web_host: str = field(
        default="127.0.0.1",
        metadata=_about(_host, "`127.0.0.1`", "where the web chat, webhooks, health and metrics listen"),
    )
    web_port: int = field(default=8080, metadata=_about(_port, "`8080`", "the port of these; 0 takes any free one"))
    web_secret: bytes = field(
        default=b"",
        repr=False,
        metadata=_about(
            _web_secret, "made once, kept beside the database", "signs web sessions and links", secret=True
        ),
    )
    public_url: str = field(default="", metadata=_about(_url, "–", "where platforms and people reach the web server"))
    files_dir: Path | None = field(
        default=None, metadata=_about(_folder, "beside the database", "photos and files that people send")
    )
    telegram_token: str = field(
        default="",
        repr=False,
        metadata=_about(_telegram_token, "–", "the bot's token from @BotFather; starts Telegram", secret=True),
    )
    telegram_api_url: str = field(
        default="https://api.telegram.org",
        metadata=_about(
            _url,
            "`https://api.telegram.org`",
            "the Bot API without the trailing `/bot`; loopback http is accepted for tests",
        ),
    )
    telegram_webhook_secret: str = field(
        default="",
        repr=False,
        metadata=_about(
            _webhook_secret, "–", "set: webhook at `PUBLIC_URL/telegram`; unset: long polling", secret=True
        ),
    )
    knowledge_dir: tuple[Path, ...] = field(
        default=(ROOT / "knowledge" / "documents",),
        metadata=_about(
            _folders, "`knowledge/documents`", "folders of documents, separated by the system's path separator"
        ),
    )
    unit: str = field(default="demo", metadata=_about(_unit, "demo ward", "the ward that this bot serves"))
    banpho_now: datetime | None = field(
        default=None,
        metadata=_about(
            _moment,
            "–",
            "an ISO time that stands in for today's date in what the bot says, for demonstrations and tests; "
            "leases, retries and pacing use real time",
        ),
    )
    given: frozenset[str] = frozenset()

    def today(self) -> date:
        """Today in Việt Nam, or the day that stands in for it."""
        return (self.banpho_now or datetime.now(UTC)).astimezone(VIETNAM).date()

    def secrets(self) -> tuple[str, ...]:
        """What no log may hold: the values of secret settings, and of parts that are secret alone."""
        password = urlsplit(self.database_url).password or ""
        token = self.telegram_token
        found = (token, token.partition(":")[2], self.telegram_webhook_secret, password)
        return tuple(value for value in found if value)

    def database_file(self) -> Path | None:
        """The file of the database; None where that is a server."""
        path = self.database_url.removeprefix("sqlite:///")
        return None if path == self.database_url else Path(path)

    def beside(self, name: str) -> Path:
        """A file or folder beside the database, or in `data` where that is a server."""
        database = self.database_file()
        return (database.parent if database else Path("data")) / name

    def files_folder(self) -> Path:
        """Where photos and files are kept."""
        return self.files_dir or self.beside("files")

    def webhook_url(self) -> str:
        """Where Telegram posts updates; empty for long polling."""
        return f"{self.public_url}/telegram" if self.telegram_webhook_secret else ""

    def web_address(self, port: int) -> str:
        """The address of the web chat as a browser on this machine takes it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.web_host, self.web_host)  # noqa: S104 -- not bound here
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def described() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every setting, for the README's table."""
    return [(_variable(one), one.metadata["shown"], one.metadata["meaning"]) for one in _all()]


def load_settings(environment: Mapping[str, str] = os.environ, file: Path = ENV_FILE) -> Settings:
    """Read all settings; the environment goes before the file. Raises `SettingsError`."""
    texts = {**_read_file(file), **environment}
    # An empty value is how people switch one off.
    given = {one.name: texts[_variable(one)].strip() for one in _all() if texts.get(_variable(one), "").strip()}
    values = {one.name: _value(one, given[one.name]) for one in _all() if one.name in given}
    settings = Settings(**values, given=frozenset(values))
    if settings.telegram_webhook_secret and not settings.public_url:
        raise SettingsError("PUBLIC_URL: not set, expected the https:// address at which Telegram reaches this server")
    return settings


def web_secret(settings: Settings) -> bytes:
    """The secret that signs web sessions: as set, or the one that was made before, or a new one.

    Raises `SettingsError` where its file can neither be read nor made.
    """
    if settings.web_secret:
        return settings.web_secret
    path = settings.beside("web_secret")
    try:
        if path.exists() and len(kept := path.read_bytes().strip()) >= LEAST_SECRET:
            return kept
        made = secrets.token_hex(32).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, and never readable by others.
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"WEB_SECRET: cannot keep one in {path} ({reason}), expected a folder to use") from error
    return made


def _all() -> list[Field[Any]]:
    return [one for one in fields(Settings) if one.metadata]


def _variable(one: Field[Any]) -> str:
    return one.name.upper()


def _value(one: Field[Any], text: str) -> Any:
    try:
        return one.metadata["read"](text)
    except ValueError as error:
        seen = f"a text with a length of {len(text)}" if one.metadata["secret"] else _quoted(text)
        raise SettingsError(f"{_variable(one)}: read {seen}, expected {error}") from None


def _quoted(text: str) -> str:
    """A text in quotes, on one line, cut where it is long, without the password of an address."""
    text = re.sub(r"(?<!\S)\S+@", "…@", text)
    return repr(text if len(text) <= 80 else text[:79] + "…")


def _read_file(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__}), expected a text file in UTF-8") from None
    found: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        match = _NAME.fullmatch(line)
        if match is None:
            # What was read may be half a token: its length is enough to find the line.
            raise SettingsError(f"{path}: line {number}: read {len(line)} characters, expected NAME=value")
        found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*", "", value)
