"""QR codes: a link or a code as a picture that a telephone reads."""

import io
from pathlib import Path

import segno

SUFFIX = ".png"
# Points of the picture for each module; with four modules of margin, as ISO/IEC 18004 asks.
_SCALE, _BORDER = 10, 4


class BadPicture(ValueError):
    """A file that a picture cannot be written to: which, and what to do."""

    # The text is for whoever runs the bot.
    for_people = True


def qr_png(text: str) -> bytes:
    """A PNG picture, black on white. A quarter of it may be unreadable (level Q), as on paper that was folded."""
    picture = io.BytesIO()
    segno.make(text, error="q", micro=False).save(picture, kind="png", scale=_SCALE, border=_BORDER)
    return picture.getvalue()


def new_picture(path: Path) -> Path:
    """A path where no file is yet. Raises `BadPicture`."""
    if path.suffix.lower() != SUFFIX:
        raise BadPicture(f"{path}: tên tệp phải có đuôi {SUFFIX}")
    if path.exists():
        raise BadPicture(f"{path}: đã có tệp này; chọn tên khác")
    if not path.parent.is_dir():
        raise BadPicture(f"{path}: không có thư mục {path.parent}; tạo thư mục trước")
    return path


def write_qr(path: Path, text: str) -> None:
    """Write a text as a picture to a new file. Raises `BadPicture`."""
    try:
        with path.open("xb") as file:
            file.write(qr_png(text))
    except OSError as error:
        raise BadPicture(f"{path}: không ghi được ({error.strerror or type(error).__name__})") from None
