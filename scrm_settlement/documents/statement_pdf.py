"""A statement as PDF, in any language that the fonts of PDF readers know.

Plain Python: what stands on the paper comes in as texts, PDF comes out as bytes. The
Chinese font is one of those that PDF readers bring along, so nothing is embedded and
no font has to be installed on the server.
"""

import io
import re

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    Image,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

#: Knows Chinese and Latin letters.
CHINESE = "STSong-Light"
LATIN = "Helvetica"
#: Spaces that no line may break at: the Chinese font has no sign for them.
SPACES = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})
GREY = colors.HexColor("#6c757d")
LINE = colors.HexColor("#dee2e6")


def render(paper):
    """Lay out one statement.

    :param dict paper: ``title``, ``head`` [(label, value)], ``columns`` [label],
        ``rows`` [[date, what, how, amount]], ``totals`` [(label, amount, is_sum)],
        ``signature`` None or {"label", "image" (PNG bytes or None), "lines"},
        ``page`` (text with ``%d``), ``chinese`` whether to use the Chinese font
    :return: the PDF as bytes
    """
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    font = CHINESE if paper["chinese"] else LATIN
    wrap = "CJK" if paper["chinese"] else None
    text = ParagraphStyle("text", fontName=font, fontSize=9, leading=13, wordWrap=wrap)
    small = ParagraphStyle("small", text, fontSize=7.5, leading=11, textColor=GREY)
    right = ParagraphStyle("right", text, alignment=2)
    title = ParagraphStyle("title", text, fontSize=16, leading=22, spaceAfter=4 * mm)

    def cell(value, style=text):
        return Paragraph(_marked(value, font).replace("\n", "<br/>"), style)

    parts = [cell(paper["title"], title)]
    parts.append(
        Table(
            [[cell(label, small), cell(value)] for label, value in paper["head"]],
            colWidths=[35 * mm, 140 * mm],
            style=TableStyle(
                [("VALIGN", (0, 0), (-1, -1), "TOP"), ("PADDING", (0, 0), (-1, -1), 1)]
            ),
        )
    )
    parts.append(Spacer(1, 5 * mm))
    above = ParagraphStyle("above", small, alignment=2)
    *labels, last = paper["columns"]
    grid = [[*(cell(label, small) for label in labels), cell(last, above)]]
    for day, what, how, amount in paper["rows"]:
        grid.append([cell(day), cell(what), cell(how, small), cell(amount, right)])
    parts.append(
        Table(
            grid,
            colWidths=[22 * mm, 43 * mm, 80 * mm, 30 * mm],
            repeatRows=1,
            style=TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEBELOW", (0, 0), (-1, 0), 0.8, GREY),
                    ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
                    ("LEFTPADDING", (0, 0), (-1, -1), 2),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ]
            ),
        )
    )
    parts.append(Spacer(1, 3 * mm))
    bold = ParagraphStyle("bold", right, fontSize=11, leading=15)
    parts.append(
        Table(
            [
                [cell(label, bold if is_sum else right), cell(amount, bold)]
                if is_sum
                else [cell(label, right), cell(amount, right)]
                for label, amount, is_sum in paper["totals"]
            ],
            colWidths=[130 * mm, 45 * mm],
            style=TableStyle([("PADDING", (0, 0), (-1, -1), 2)]),
        )
    )
    if paper.get("signature"):
        parts += _signature(paper["signature"], cell, small)
    out = io.BytesIO()

    def footer(canvas, document):
        canvas.saveState()
        canvas.setFont(font, 7.5)
        canvas.setFillColor(GREY)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, paper["page"] % document.page)
        canvas.restoreState()

    SimpleDocTemplate(
        out,
        pagesize=A4,
        title=paper["title"],
        leftMargin=17 * mm,
        rightMargin=17 * mm,
        topMargin=17 * mm,
        bottomMargin=20 * mm,
        invariant=1,
    ).build(parts, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _signature(signature, cell, small):
    yield Spacer(1, 8 * mm)
    yield cell(signature["label"], small)
    if signature["image"]:
        picture = Image(io.BytesIO(signature["image"]))
        scale = min(60 * mm / picture.drawWidth, 22 * mm / picture.drawHeight)
        picture.drawWidth *= scale
        picture.drawHeight *= scale
        picture.hAlign = "LEFT"
        yield picture
    for line in signature["lines"]:
        yield cell(line)


def _marked(value, font):
    """A text as markup; what the Latin font lacks is set in the Chinese one.

    >>> _marked("R&D for 钱师傅", LATIN)
    'R&amp;D for <font name="STSong-Light">钱师傅</font>'
    >>> _marked("¥\\N{NO-BREAK SPACE}80 < 钱", CHINESE)
    '¥ 80 &lt; 钱'
    """
    text = str(value).translate(SPACES)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if font == CHINESE:
        return text
    return re.sub(
        r"[^\x00-\xff]+",
        lambda run: run[0]
        if _is_latin(run[0])
        else f'<font name="{CHINESE}">{run[0]}</font>',
        text,
    )


def _is_latin(text):
    """Whether the Latin font knows all signs of a text.

    >>> _is_latin("“€”"), _is_latin("≥"), _is_latin("元")
    (True, False, False)
    """
    return text.encode("cp1252", "ignore").decode("cp1252") == text
