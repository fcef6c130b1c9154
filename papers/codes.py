"""QR pictures, so that a link need not be typed."""

from io import BytesIO
from typing import Literal

import segno

from conversation import PaperFile
from papers.paper import NoPaper

_TYPES = {"png": "image/png", "svg": "image/svg+xml"}
# A version 20 code at level M; beyond that, phones of people who have had theirs for a while give up.
MOST_BYTES = 600
_SCALE, _QUIET = 8, 4


def code(text: str, form: Literal["png", "svg"] = "png") -> PaperFile:
    """A QR code with the quiet zone that the standard asks for (ISO/IEC 18004). Raises `NoPaper`."""
    if not text or len(text.encode()) > MOST_BYTES:
        raise NoPaper("Không vẽ được mã QR: liên kết trống hoặc dài quá; anh/chị tạo lại liên kết.")
    picture = BytesIO()
    segno.make_qr(text, error="m").save(picture, kind=form, scale=_SCALE, border=_QUIET)
    return PaperFile(f"ma-qr.{form}", _TYPES[form], picture.getvalue())
