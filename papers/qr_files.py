"""QR pictures to be sent or printed, so that a link need not be typed."""

from io import BytesIO

import segno

from conversation import PaperFile
from papers.codes import qr_png
from papers.paper import NoPaper

# Longer ones have modules so small that older phones do not read them from paper.
MOST_BYTES = 600
_SCALE, _BORDER = 10, 4


def code(text: str, form: str = "png") -> PaperFile:
    """A QR code as "png" or "svg". Raises `NoPaper`."""
    if not text or len(text.encode()) > MOST_BYTES:
        raise NoPaper("Không vẽ được mã QR: liên kết trống hoặc dài quá; anh/chị tạo lại liên kết.")
    if form != "svg":
        return PaperFile("ma-qr.png", "image/png", qr_png(text))
    picture = BytesIO()
    segno.make(text, error="q", micro=False).save(picture, kind="svg", scale=_SCALE, border=_BORDER)
    return PaperFile("ma-qr.svg", "image/svg+xml", picture.getvalue())
