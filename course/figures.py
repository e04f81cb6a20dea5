"""How a notebook shows pictures: with alternative text, and dark in JupyterLab's dark theme.

The label of a figure of matplotlib is its alternative text; where it has none, its axes say in words what they have.
"""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from course.notebook import shell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOTS_AN_INCH = 160
_PIXELS_AN_INCH = 96  # of the page
_DARK = 'body[data-jp-theme-light="false"] .course-figure{filter:invert(.93) hue-rotate(180deg)}'
"""In JupyterLab's dark theme the picture is dark, and its colours keep their hue."""


def follow_the_theme() -> None:
    """Have the notebook that runs this, if one does, show all figures so, those of pyplot too."""
    if notebook := shell():
        bundles = notebook.display_formatter.mimebundle_formatter
        bundles.for_type_by_name("matplotlib.figure", "Figure", bundle)


def bundle(figure: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figure as a notebook shows and keeps it: its forms by media type, and what is to be known of them."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DOTS_AN_INCH, bbox_inches=None if figure.get_layout_engine() else "tight")
    png = file.getvalue()
    image = base64.b64encode(png).decode()
    width = round(int.from_bytes(png[16:20]) * _PIXELS_AN_INCH / _DOTS_AN_INCH)
    words = str(figure.get_label()) or "; ".join(_in_words(axes) for axes in figure.axes)
    data = {"text/html": html(image, width, words), "image/png": image, "text/plain": words}
    return data, {"image/png": {"width": width, "alt": words}}


def html(png: str, width: int, words: str) -> str:
    """Return HTML that shows a PNG image, given as base64, `width` pixels wide where there is room."""
    return (
        f"<style>{_DARK}</style>"
        f'<img class="course-figure" style="max-width:100%" width="{width}" alt="{escape(words)}" '
        f'src="data:image/png;base64,{png}">'
    )


def _in_words(axes: Axes) -> str:
    lines = [str(line.get_label()) for line in axes.get_lines()]
    told = (axes.get_title(), axes.get_ylabel(), axes.get_xlabel(), *(line for line in lines if line[:1] != "_"))
    return ", ".join(filter(None, told))
