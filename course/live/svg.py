"""The picture of a run as an SVG element, for the page: its colours are CSS variables, which adapt to a theme."""

from html import escape

from course.live.history import History
from course.live.picture import COLORS, HEIGHT, WIDTH, Points, draw
from course.live.words import alternative


def _color(name: str) -> str:
    return f"var(--live-{name},{COLORS[name]})"


STYLE = "".join(
    (
        '.live-svg text{font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}',
        *(f".live-svg .{name}{{fill:{_color(name)}}}" for name in ("paper", "ink", "faint", "band")),
        *(f".live-svg line.{name}{{stroke:{_color(name)}}}" for name in ("faint", "grid")),
        ".live-svg .line{fill:none;stroke-width:2.5;stroke-linejoin:round}",
        f".live-svg .label{{font-weight:600;stroke:{_color('paper')};stroke-width:4;paint-order:stroke}}",
        f".live-svg .cpu{{stroke:{_color('faint')};stroke-width:1}}",
        f".live-svg .cpu-label{{fill:{_color('ink')}}}",
        f".live-svg .lost{{fill:none;stroke:{_color('ink')};stroke-width:2}}",
        *(
            f".live-svg .{kind}{{stroke:{_color(kind)}}}"
            f".live-svg .{kind}-label{{fill:{_color(kind)}}}"
            f".live-svg .{kind}-fill{{fill:{_color(kind)};fill-opacity:.3}}"
            f".live-svg .{kind}-hatch{{stroke:{_color(kind)};stroke-width:2;stroke-opacity:.6}}"
            for kind in ("tasks", "threads")
        ),
        ".live-svg .threads{stroke-dasharray:7 4}",
    )
)
"""The style sheet that a page with such pictures needs, once."""


def svg(
    run: History, *, now: float, whole: bool = False, width: int = WIDTH, cpu: bool = False, name: str = "run"
) -> str:
    """Return the picture as `picture.draw` has it. `name` keeps ids apart on one page."""
    pen = _SvgPen(name)
    draw(run, pen, now=now, whole=whole, width=width, cpu=cpu)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" class="live-svg" '
        f'viewBox="0 0 {width} {HEIGHT}" role="img" aria-label="{escape(alternative(run, now, cpu))}">'
        f"{''.join(pen.parts)}</svg>"
    )


class _SvgPen:
    """Writes elements. Their classes are in `STYLE`."""

    def __init__(self, name: str):
        self.parts: list[str] = []
        self._name = name

    def rectangle(self, kind, x, y, width, height):
        self.parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{width:.1f}" height="{height}"/>')

    def line(self, kind, start, end):
        self.parts.append(f'<line class="{kind}" x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}"/>')

    def text(self, kind, x, y, text, anchor="start"):
        self.parts.append(f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')

    def label(self, kind, x, y, text):
        self.text(f"label {kind}-label", x, y, text)

    def curve(self, kind, points):
        self.parts.append(f'<path class="line {kind}" d="{_path(points)}"/>')

    def excess(self, kind, points, base, idle):
        if not points or not idle:
            return
        fill, clip = f"{self._name}-{kind}", f"{self._name}-{kind}-idle"
        spans = "".join(f'<rect x="{x0}" y="0" width="{x1 - x0:.1f}" height="{HEIGHT}"/>' for x0, x1 in idle)
        turn = 45 if kind == "tasks" else -45
        self.parts.append(
            f'<pattern id="{fill}" width="7" height="7" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({turn})"><rect class="{kind}-fill" width="7" height="7"/>'
            f'<line class="{kind}-hatch" y2="7"/></pattern><clipPath id="{clip}">{spans}</clipPath>'
            f'<path fill="url(#{fill})" clip-path="url(#{clip})" d="{_path(points)}V{base}H{points[0][0]}Z"/>'
        )

    def cross(self, x, y, title):
        self.parts.append(f'<path class="lost" d="M{x - 4:.1f} {y - 4}l8 8m0 -8l-8 8"><title>{title}</title></path>')


def _path(points: Points) -> str:
    path, last = [], None
    for x, y in points:
        if last is None:
            path.append(f"M{x} {y}")
        else:
            path.append(f"H{x}" if y == last[1] else f"V{y}" if x == last[0] else f"L{x} {y}")
        last = x, y
    return "".join(path)
