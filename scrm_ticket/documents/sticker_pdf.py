"""Stickers of devices as PDF, one a page, drawn without wkhtmltopdf.

Plain Python: texts come in, PDF comes out as bytes. The Chinese font is one of those
that PDF readers bring along, so no font has to be installed on the server.
"""

import io
from html import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

#: Width and height of a sticker.
SIZE = (70 * mm, 40 * mm)
MARGIN = 2 * mm
#: The code with a rim that phones need to find it.
CODE = 36 * mm
RIM = 2
#: Knows Chinese and Latin letters.
CHINESE = "STSong-Light"


def render(stickers):
    """Lay out stickers: the code on the left, what it is on the right.

    A long text gets smaller until all of it is on the sticker.

    :param list stickers: dicts with ``address`` (what the code says), ``title``,
        ``serial`` and ``words``
    :return: the PDF as bytes
    """
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=SIZE)
    for sticker in stickers:
        canvas.setTitle(sticker["serial"])
        _draw_code(canvas, sticker["address"])
        _draw_texts(canvas, sticker)
        canvas.showPage()
    canvas.save()
    return paper.getvalue()


def _draw_code(canvas, address):
    widget = QrCodeWidget(address, barLevel="M", barBorder=RIM)
    left, bottom, right, top = widget.getBounds()
    scale = CODE / (right - left), CODE / (top - bottom)
    drawing = Drawing(CODE, CODE, transform=[scale[0], 0, 0, scale[1], 0, 0])
    drawing.add(widget)
    drawing.drawOn(canvas, MARGIN / 2, (SIZE[1] - CODE) / 2)


def _draw_texts(canvas, sticker):
    width = SIZE[0] - CODE - 2.5 * MARGIN
    height = SIZE[1] - 2 * MARGIN

    def paragraph(text, size, space, *, is_bold=False):
        plain = text.isascii()
        font = ("Helvetica-Bold" if is_bold else "Helvetica") if plain else _chinese()
        style = ParagraphStyle(
            "text",
            fontName=font,
            fontSize=size,
            leading=size * 1.25,
            spaceAfter=space,
            splitLongWords=True,
            wordWrap=None if plain else "CJK",
        )
        return Paragraph(escape(text), style)

    texts = KeepInFrame(
        width,
        height,
        [
            paragraph(sticker["title"], 10, 1.5 * mm, is_bold=True),
            paragraph(sticker["serial"], 9, 3 * mm),
            paragraph(sticker["words"], 8, 0),
        ],
        mode="shrink",
    )
    _width, used = texts.wrapOn(canvas, width, height)
    texts.drawOn(canvas, CODE + MARGIN, (SIZE[1] - used) / 2)


def _chinese():
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    return CHINESE
