"""The picture of a run as a PNG file, for the document: whatever shows a notebook shows that."""

import io
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

from course.live.history import History
from course.live.picture import COLORS, HEIGHT, WIDTH, draw

_SCALE = 2  # Dots a pixel, to be sharp on a fine screen and at 200 % zoom.
_HATCH = 10 * _SCALE
_DASH, _GAP = 7 * _SCALE, 4 * _SCALE


def png(run: History, *, now: float, whole: bool = False, cpu: bool = False) -> bytes:
    """Return the picture as `picture.draw` has it, `WIDTH` by `HEIGHT` pixels, in twice as many dots each way."""
    pen = _PngPen()
    draw(run, pen, now=now, whole=whole, cpu=cpu)
    file = io.BytesIO()
    pen.image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "png")
    return file.getvalue()


@cache
def _palette() -> Image.Image:
    """The colours, and what is between the paper and the dark ones; few colours make a small file."""
    paper = ImageColor.getrgb(COLORS["paper"])
    shades: list[int] = []
    for name, color in COLORS.items():
        for strength in (1,) if name in ("paper", "grid", "band") else (0.3, 0.5, 0.7, 1):
            shades += [round(a + (b - a) * strength) for a, b in zip(paper, ImageColor.getrgb(color), strict=True)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(shades)
    return palette


@cache
def _font(style: str = "") -> ImageFont.FreeTypeFont:
    """The one that matplotlib brings along: Pillow's own lacks signs."""
    [package] = find_spec("matplotlib").submodule_search_locations  # type: ignore[union-attr,misc]
    folder = Path(package) / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(folder / f"DejaVuSans{style}.ttf", 12 * _SCALE)


def _dots(*numbers: float) -> Any:
    return [round(number * _SCALE) for number in numbers]


class _PngPen:
    """Paints dots."""

    def __init__(self):
        self.image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE))
        self._draw = ImageDraw.Draw(self.image)

    def rectangle(self, kind, x, y, width, height):
        self._draw.rectangle(_dots(x, y, x + width, y + height), fill=COLORS[kind])

    def line(self, kind, start, end):
        self._draw.line(_dots(*start, *end), fill=COLORS[kind], width=_SCALE)

    def text(self, kind, x, y, text, anchor="start"):
        where = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
        self._draw.text(_dots(x, y), text, COLORS[kind], _font(), where)

    def label(self, kind, x, y, text):
        color = COLORS.get(kind, COLORS["ink"])
        self._draw.text(_dots(x, y), text, color, _font("-Bold"), "ls")

    def curve(self, kind, points):
        dots = [tuple(_dots(*point)) for point in points]
        if kind == "threads":
            self._dashes(dots)
        else:
            thin = kind == "cpu"
            self._draw.line(dots, COLORS["faint" if thin else kind], _SCALE if thin else 5, "curve")

    def _dashes(self, dots):
        drawn = 0  # how far along the line
        for (x0, y0), (x1, y1) in pairwise(dots):
            length = abs(x1 - x0) + abs(y1 - y0)  # Each part is level or upright.
            at = 0
            while at < length:
                phase = drawn % (_DASH + _GAP)
                step = min((_DASH if phase < _DASH else _DASH + _GAP) - phase, length - at)
                if phase < _DASH:
                    part = [a + (b - a) * share / length for share in (at, at + step) for a, b in ((x0, x1), (y0, y1))]
                    self._draw.line(part, COLORS["threads"], 5)
                at += step
                drawn += step

    def excess(self, kind, points, base, idle):
        area = Image.new("L", self.image.size)
        paint = ImageDraw.Draw(area)
        for (x0, y), (x1, _) in pairwise(points):
            for start, end in idle:
                if y < base and min(x1, end) > max(x0, start):
                    paint.rectangle(_dots(max(x0, start), y, min(x1, end), base), fill=255)
        box = area.getbbox()
        if box is None:
            return
        hatching = _hatching(self.image.size, leaning=kind == "tasks")
        self.image.paste(COLORS[kind], box, ImageChops.multiply(area.crop(box), hatching.crop(box)))

    def cross(self, x, y, title):
        for tilt in (-4, 4):
            self._draw.line(_dots(x - 4, y - tilt, x + 4, y + tilt), COLORS["ink"], 2 * _SCALE)


@cache
def _hatching(size: tuple[int, int], leaning: bool) -> Image.Image:
    """How much a fill covers its ground: three tenths, and most along slanting lines."""
    width, height = size
    hatching = Image.new("L", size, 77)
    paint = ImageDraw.Draw(hatching)
    for x in range(-height, width + height, _HATCH):
        paint.line((x, 0, x + (-height if leaning else height), height), 185, 2 * _SCALE)
    return hatching
