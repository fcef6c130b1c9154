"""The terminal channel: lines in, replies out, choices by number or label."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from markupsafe import Markup

from channels.terminal import Terminal, styled
from conversation import (
    MAX_FILE_BYTES,
    Choice,
    FetchError,
    Incoming,
    Outgoing,
    PaperFile,
    Raw,
    Refused,
    Reply,
)

pytestmark = pytest.mark.anyio

CHOICES = (Choice("Quận 3", "place:q3"), Choice("Đà Nẵng", "place:dn"))


class Screen(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        return True


async def heard(terminal: Terminal) -> list[Incoming]:
    found: list[Incoming] = []

    async def receive(batch: Sequence[Raw]) -> None:
        found.extend(incoming for raw in batch if (incoming := terminal.translate(raw)))

    await asyncio.wait_for(terminal.listen(receive), 5)
    return found


async def test_lines_until_the_end_of_the_input() -> None:
    terminal = Terminal(lines=io.StringIO("hạn nộp?\n\n  \n5 không\x00 là gì"), output=io.StringIO())
    incoming = await heard(terminal)
    assert [(one.kind, one.text) for one in incoming] == [
        ("text", "hạn nộp?"),
        ("text", "5 không là gì"),
    ]
    assert len({one.key for one in incoming}) == 2
    assert {one.address.chat for one in incoming} == {"terminal"}


@pytest.mark.parametrize("line", ["2", " 2. ", "Đà Nẵng", "đà  nẵng", "Đa\u0300 Na\u0306\u0303ng"])
async def test_a_number_or_a_label_presses(line: str) -> None:
    output = io.StringIO()
    terminal = Terminal(lines=io.StringIO(line + "\n"), output=output)
    number = await terminal.send(Outgoing("1", "terminal", Reply(Markup("Ở đâu?"), CHOICES)))
    (incoming,) = await heard(terminal)
    assert (incoming.kind, incoming.choice, incoming.message) == ("choice", "place:dn", number)
    assert output.getvalue() == "Ở đâu?\n  1. Quận 3\n  2. Đà Nẵng\n\n"


@pytest.mark.parametrize("line", ["3", "0", "Huế", "2 hộ"])
async def test_anything_else_is_text(line: str) -> None:
    terminal = Terminal(lines=io.StringIO(line + "\n"), output=io.StringIO())
    await terminal.send(Outgoing("1", "terminal", Reply(Markup("Ở đâu?"), CHOICES)))
    (incoming,) = await heard(terminal)
    assert (incoming.kind, incoming.text) == ("text", line)


async def test_a_number_that_is_an_answer_presses_nothing() -> None:
    output = io.StringIO()
    terminal = Terminal(lines=io.StringIO("2\nđà nẵng\n"), output=output)
    await terminal.send(Outgoing("1", "terminal", Reply(Markup("Bao nhiêu hộ?"), CHOICES, numbered=False)))
    number, label = await heard(terminal)
    assert (number.kind, number.text, label.choice) == ("text", "2", "place:dn")
    assert output.getvalue() == "Bao nhiêu hộ?\n  • Quận 3\n  • Đà Nẵng\n\n"


async def test_choices_of_an_older_reply_are_gone() -> None:
    terminal = Terminal(lines=io.StringIO("2\n"), output=io.StringIO())
    await terminal.send(Outgoing("1", "terminal", Reply(Markup("Ở đâu?"), CHOICES)))
    await terminal.send(Outgoing("2", "terminal", Reply(Markup("Bao nhiêu hộ?"))))
    (incoming,) = await heard(terminal)
    assert incoming.text == "2"


def test_tags_are_styles() -> None:
    text = Markup("<b>Hạn</b>:\n<blockquote>một\n<i>hai</i></blockquote>")
    bold, quote, inside = "\x1b[1mHạn\x1b[0m", "\x1b[36m│ một\n│ \x1b[0m", "\x1b[36;3mhai\x1b[0m"
    assert styled(text) == f"{bold}:\n{quote}{inside}"
    assert styled(Markup('<a href="https://a.vn">cổng</a>.')) == ("\x1b[4mcổng\x1b[0m (https://a.vn).")


async def test_a_screen_shows_styles_a_file_does_not() -> None:
    reply = Outgoing("1", "terminal", Reply(Markup("<b>Hạn</b> \x1b[2J&lt;")))
    for output, shown in ((Screen(), "\x1b[1mHạn\x1b[0m [2J<"), (io.StringIO(), "Hạn [2J<")):
        await Terminal(lines=io.StringIO(), output=output).send(reply)
        assert shown in output.getvalue()


async def test_a_closed_output_is_unreachable() -> None:
    output = io.StringIO()
    terminal = Terminal(lines=io.StringIO(), output=output)
    output.close()
    with pytest.raises(Refused) as caught:
        await terminal.send(Outgoing("1", "terminal", Reply(Markup("a"))))
    assert caught.value.unreachable


async def test_a_file_is_sent_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "họp tổ.JPG"
    path.write_bytes(b"\xff\xd8\xff")
    odd = tmp_path / "a.pdf"
    lines = f"/tep {path}\n/TEP '{odd}'\n/tep {tmp_path}\n/tep\n/tep \n"
    terminal = Terminal(lines=io.StringIO(lines), output=io.StringIO())
    photo, missing, folder, *bare = await heard(terminal)
    assert [(one.kind, one.text) for one in bare] == [("text", "/tep"), ("text", "/tep")]
    assert (photo.kind, photo.files[0].name, photo.text) == ("photo", "họp tổ.JPG", "")
    assert (missing.kind, missing.files[0].name) == ("file", "a.pdf")
    assert await terminal.fetch(photo.files[0]) == b"\xff\xd8\xff"
    for one in (missing, folder):
        with pytest.raises(FetchError) as caught:
            await terminal.fetch(one.files[0])
        assert caught.value.problem == "gone"
    path.write_bytes(b"x" * (MAX_FILE_BYTES + 5))
    assert len(await terminal.fetch(photo.files[0])) == MAX_FILE_BYTES + 1


async def test_files_are_written_into_the_folder_and_named(tmp_path: Path) -> None:
    output = io.StringIO()
    terminal = Terminal(lines=io.StringIO(), output=output, folder=tmp_path / "files")
    paper = PaperFile("../phụ lục.xlsx", "application/octet-stream", b"PK")
    for number in range(2):
        await terminal.send(Outgoing(str(number), "terminal", Reply(Markup("Tệp đây."), CHOICES), files=(paper,)))
    first, second = tmp_path / "files" / "_phụ lục.xlsx", tmp_path / "files" / "_phụ lục (2).xlsx"
    assert output.getvalue().startswith(f"Tệp đây.\n  Tệp: {first}\n  1. Quận 3\n")
    assert f"  Tệp: {second}\n" in output.getvalue()
    assert first.read_bytes() == second.read_bytes() == b"PK"


async def test_a_folder_that_takes_no_files_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    terminal = Terminal(lines=io.StringIO(), output=io.StringIO(), folder=tmp_path / "files")
    with pytest.raises(Refused, match="no file can be written: "):
        await terminal.send(Outgoing("1", "terminal", Reply(Markup("a")), files=(PaperFile("a", "b", b"c"),)))


@pytest.mark.parametrize("payload", ["", "[]", "5", '{"text": 5}', '{"a": 1}', "[" * 100_000])
def test_what_is_no_line(payload: str) -> None:
    terminal = Terminal(lines=io.StringIO(), output=io.StringIO())
    assert terminal.translate(Raw("1", "terminal", payload)) is None


@pytest.mark.skipif(os.name != "posix", reason="interrupts a process as a POSIX terminal does")
def test_an_interrupt_while_waiting_for_a_line_ends_quietly() -> None:
    """A thread that waits inside `sys.stdin` would make Python abort on its way out."""
    program = (
        "import asyncio, contextlib\n"
        "from channels.terminal import Terminal\n"
        "async def receive(batch): print('received', flush=True)\n"
        "with contextlib.suppress(KeyboardInterrupt):\n"
        "    asyncio.run(Terminal().listen(receive))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write("xin chào\n".encode())
        process.stdin.flush()
        assert process.stdout.readline() == b"received\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert process.stderr.read() == b""
