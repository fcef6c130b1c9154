"""Settings: what is read, and the one line for each that is wrong."""

import os
import stat
import sys
from datetime import date
from pathlib import Path

import pytest

from settings import Settings, SettingsError, described, load_settings, web_secret

NO_FILE = Path("no such file")


def wrong(environment: dict[str, str], file: Path = NO_FILE) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, file)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings({}, NO_FILE)
    assert settings == Settings()
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8080)
    assert settings.database_url == "sqlite:///data/banpho.db"
    assert [folder.name for folder in settings.knowledge_dir] == ["documents"]
    assert settings.given == frozenset()


def test_an_empty_value_is_none() -> None:
    assert load_settings({"TELEGRAM_TOKEN": " ", "WEB_PORT": ""}, NO_FILE) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("WEB_PORT", "http", "WEB_PORT: read 'http', expected a port"),
        ("WEB_PORT", "65536", "WEB_PORT: read '65536', expected a port"),
        ("WEB_PORT", "٨٠", "WEB_PORT: read '٨٠', expected a port"),
        ("WEB_HOST", "a b", "WEB_HOST: read 'a b', expected a host name"),
        ("WEB_SECRET", "short", "WEB_SECRET: read a text with a length of 5, expected at least 16"),
        ("DATABASE_URL", "mysql://u:pw@h/d", "DATABASE_URL: read '…@h/d', expected sqlite:///"),
        ("DATABASE_URL", "sqlite:///", "DATABASE_URL: read 'sqlite:///', expected sqlite:///file.db"),
        ("PUBLIC_URL", "phuong.vn", "PUBLIC_URL: read 'phuong.vn', expected an https:// address"),
        ("PUBLIC_URL", "http://phuong.vn", "PUBLIC_URL: read 'http://phuong.vn', expected an https://"),
        ("PUBLIC_URL", "https://[x", "PUBLIC_URL: read 'https://[x', expected an https://"),
        ("TELEGRAM_TOKEN", "SECRET", "TELEGRAM_TOKEN: read a text with a length of 6, expected digits"),
        ("TELEGRAM_API_URL", "http://10.0.0.1", "TELEGRAM_API_URL: read 'http://10.0.0.1', expected an https"),
        ("TELEGRAM_WEBHOOK_SECRET", "bí mật", "TELEGRAM_WEBHOOK_SECRET: read a text with a length of 6, expected 1"),
        ("TELEGRAM_WEBHOOK_SECRET", "abc", "PUBLIC_URL: not set, expected the https:// address"),
        ("KNOWLEDGE_DIR", "/no such folder", "KNOWLEDGE_DIR: read '/no such folder', expected folders that exist"),
        ("UNIT", "../etc", "UNIT: read '../etc', expected the code of a ward"),
        ("BANPHO_NOW", "mai", "BANPHO_NOW: read 'mai', expected an ISO time"),
    ],
)
def test_a_wrong_setting_is_one_line(name: str, value: str, line: str) -> None:
    assert wrong({name: value}).startswith(line)


def test_a_long_value_is_cut_in_the_line() -> None:
    assert len(wrong({"UNIT": "x" * 100_000})) < 200


def test_the_file_is_read_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "\ufeff# ghi chú\n\nexport WEB_PORT = 9000 # cổng\nWEB_HOST='0.0.0.0'\nUNIT=\"demo\"\nOTHER=x y\n",
        encoding="utf-8",
    )
    settings = load_settings({"WEB_PORT": "9001"}, file)
    assert (settings.web_port, settings.web_host, settings.unit) == (9001, "0.0.0.0", "demo")
    assert settings.web_address(9001) == "http://127.0.0.1:9001"


@pytest.mark.parametrize(("text", "line"), [(b"A=1\nSECRET\n", "line 2: read 6 characters"), (b"A=\xff", "UTF-8")])
def test_a_file_that_is_wrong_is_one_line(tmp_path: Path, text: bytes, line: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(text)
    said = wrong({}, file)
    assert line in said
    assert "SECRET" not in said


@pytest.mark.parametrize(
    ("now", "day"),
    [("2026-11-21", 21), ("2026-11-21T23:30", 21), ("2026-11-21T18:00:00Z", 22), ("2026-11-21T23:30+07:00", 21)],
)
def test_today_is_a_day_of_viet_nam(now: str, day: int) -> None:
    assert load_settings({"BANPHO_NOW": now}, NO_FILE).today() == date(2026, 11, day)


def test_several_folders_of_documents(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    text = os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")])
    assert load_settings({"KNOWLEDGE_DIR": text}, NO_FILE).knowledge_dir == (tmp_path / "a", tmp_path / "b")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    environment = {
        "TELEGRAM_TOKEN": "42:SECRET",
        "WEB_SECRET": "SECRET" * 4,
        "DATABASE_URL": "postgresql://u:SECRET@h/d",
    }
    settings = load_settings(environment, NO_FILE)
    assert "SECRET" not in repr(settings)
    assert settings.secrets() == ("42:SECRET", "SECRET", "SECRET")


def test_the_web_secret_is_made_once(tmp_path: Path) -> None:
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path}/data/a.db"}, NO_FILE)
    made = web_secret(settings)
    assert len(made) == 64
    assert web_secret(settings) == made
    file = tmp_path / "data" / "web_secret"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["web_secret"]
    # A file that was left half written is made again.
    file.write_bytes(b"")
    assert web_secret(settings) not in (made, b"")
    chosen = load_settings({"WEB_SECRET": "một bí mật dài vừa đủ"}, NO_FILE)
    assert web_secret(chosen).decode() == "một bí mật dài vừa đủ"


def test_a_place_where_the_web_secret_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path}/file/a.db"}, NO_FILE)
    with pytest.raises(SettingsError, match=r"WEB_SECRET: cannot keep one in .*, expected a folder"):
        web_secret(settings)


def test_every_setting_says_what_it_means() -> None:
    rows = described()
    assert len({name for name, _, _ in rows}) == len(rows) > 10
    assert all(shown and meaning for _, shown, meaning in rows)
