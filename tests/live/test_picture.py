"""The picture of a run: what it says, in lines and in words."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor

from course.live import svg, words
from course.live.census import Group
from course.live.history import Cell, Lost, Sample
from course.live.picture import COLORS, HEIGHT, WIDTH
from course.live.png import png
from course.live.run import Run

SVG = "{http://www.w3.org/2000/svg}"
SEND = Group("task", "first.<locals>.send", "waiting in Queue.put", 3)


def leak(**changes) -> Run:
    """Cell 4 runs from 1 s to 3 s; three tasks stay until 6 s."""
    samples = [Sample(n / 20, 3 if n >= 40 else 0, 0, 0.5) for n in range(120)]
    return Run(**{"samples": samples, "cells": [Cell(4, 1.0, 3.0)], "left": [SEND], **changes})


def parsed(run: Run, now: float = 6.0, **options) -> ElementTree.Element:
    return ElementTree.fromstring(svg.svg(run, now=now, **options))


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text for text in svg.iter(f"{SVG}text")]


def of_class(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in svg.iter() if element.get("class") == name]


def test_lines_band_and_labels():
    drawn = parsed(leak())
    assert {"tasks 3", "threads 0", "[4]"} <= set(texts(drawn))
    [band] = of_class(drawn, "band")
    clip = next(drawn.iter(f"{SVG}clipPath"))
    # Before the first cell nothing is filled; the fill begins where the band ends and goes on to now.
    [idle] = clip
    assert float(idle.get("x")) == pytest.approx(float(band.get("x")) + float(band.get("width")), abs=0.2)


def test_while_a_cell_runs_nothing_is_filled_or_named_as_left():
    run = leak(cells=[Cell(4, 1.0)])
    assert not list(parsed(run).iter(f"{SVG}clipPath"))
    assert words.left(run) == []
    assert words.status(run) == "Cell [4] is running: 3 tasks."


def test_after_the_cell_what_is_left_is_said_in_words():
    assert words.status(leak()) == "3 tasks are left after cell [4]."
    assert words.left(leak()) == ["task first.<locals>.send \N{MULTIPLICATION SIGN}3, waiting in Queue.put"]
    label = parsed(leak()).get("aria-label")
    assert "3 tasks are left after cell [4]." in label
    assert "first.<locals>.send" in label
    assert "tasks 3, threads 0" in label


def test_destroyed_tasks_are_marked_counted_and_named():
    run = leak(samples=[Sample(0, 0, 0, 0), Sample(6, 0, 0, 0)], left=[], lost=[Lost(4.0, "first.<locals>.send")] * 2)
    drawn = parsed(run)
    [mark] = of_class(drawn, "lost")  # both at one time
    assert mark[0].text == "2 tasks destroyed while pending"
    assert any("destroyed 2" in text for text in texts(drawn))
    assert words.status(run) == "Nothing is left after cell [4]. 2 tasks were destroyed while pending."
    assert "destroyed while pending 2" in words.numbers(run)


def test_many_destroyed_at_nearly_one_time_are_one_mark_with_their_number():
    run = leak(lost=[Lost(4.0 + n / 1000, "send") for n in range(60)] + [Lost(5.5, "send")])
    assert [mark[0].text for mark in of_class(parsed(run), "lost")] == [
        "60 tasks destroyed while pending",
        "1 task destroyed while pending",
    ]


@pytest.mark.parametrize("lost", [1, 60, 12_345])
def test_the_count_of_the_destroyed_is_not_cut_off(lost):
    drawn = parsed(leak(lost=[Lost(4.0, "send")] * lost), width=320)
    [text] = [text for text in drawn.iter(f"{SVG}text") if text.text == f"\N{MULTIPLICATION SIGN} destroyed {lost}"]
    assert text.get("text-anchor") == "end"
    assert float(text.get("x")) <= 320


def test_the_saved_picture_shows_what_the_page_shows():
    def image(run, **options) -> Image.Image:
        return Image.open(io.BytesIO(png(run, now=6.0, **options))).convert("RGB")

    def area(of: Image.Image, color: str) -> int:
        """How many dots are about that colour."""
        wanted = ImageColor.getrgb(color)
        return sum(
            n for n, dot in of.getcolors(1 << 20) if max(abs(a - b) for a, b in zip(dot, wanted, strict=True)) < 12
        )

    shown, clean = image(leak()), image(leak(samples=[Sample(0, 0, 0, 0)], left=[]))
    assert shown.size == (2 * WIDTH, 2 * HEIGHT)
    for name in ("tasks", "threads", "band"):
        assert area(shown, COLORS[name]) > 500, name
    fill = "#b2d4e8"  # three tenths of blue on white
    assert area(shown, fill) > 20_000
    assert area(clean, fill) < 500  # the edges of letters
    assert area(image(leak(), cpu=True), COLORS["faint"]) > area(shown, COLORS["faint"]) + 500
    assert area(image(leak(lost=[Lost(4.0, "send")])), COLORS["ink"]) > area(shown, COLORS["ink"]) + 50


def test_it_shows_the_last_half_minute_or_the_whole_run():
    run = Run(samples=[Sample(n / 2, 0, 0, 0) for n in range(200)], cells=[Cell(1, 0, 1), Cell(2, 80, 81)])
    assert "[1]" not in texts(parsed(run, now=99.5))
    assert "[1]" in texts(parsed(run, now=99.5, whole=True))


def test_cpu_is_a_third_line_only_where_it_is_asked_for():
    assert not of_class(parsed(leak()), "line cpu")
    assert of_class(parsed(leak(), cpu=True), "line cpu")
    assert "CPU 50%" in texts(parsed(leak(), cpu=True))


def test_dropped_frames_are_said():
    assert "Slowed" not in words.numbers(leak())
    text = words.numbers(leak(frame_every=0.8, sample_every=0.2))
    assert text.endswith("Slowed to 1.2 frames and 5.0 samples a second, to use no more than 3% of a core")


@pytest.mark.parametrize("peak", [0, 1, 4, 5, 17, 60, 1234])
def test_the_highest_count_fits(peak):
    run = Run(samples=[Sample(0, peak, 0, 0), Sample(5, peak, 0, 0)])
    ticks = [int(text) for text in texts(parsed(run)) if text.isdigit()]
    assert ticks[0] == 0
    assert max(ticks) >= peak
    assert 3 <= len(ticks) <= 6


def test_names_of_code_cannot_break_the_page():
    run = leak(lost=[Lost(4.0, '</svg><script>"&')], left=[Group("task", "</svg><img onerror=1>", "running", 1)])
    drawn = parsed(run)
    assert not list(drawn.iter(f"{SVG}img"))


def luminance(color: str) -> float:
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colors(sheet: str) -> dict[str, str]:
    return {name: color if len(color) == 7 else "#" + "".join(2 * c for c in color[1:]) for name, color in re.findall(
        r"--live-(\w+)(?::\s*|,)(#[0-9a-f]{3,6})", sheet
    )}  # fmt: skip


def palette(theme: str) -> dict[str, str]:
    if theme == "light":
        return COLORS
    page = Path(svg.__file__).with_name("page.js").read_text()
    return colors(page[page.index('theme-light="false"') :]) | {"paper": "#111111"}  # JupyterLab's


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(theme):
    """WCAG's contrast: 4.5 for text, the lines' labels included."""
    for name in ("tasks", "threads", "faint"):
        assert contrast(palette(theme)[name], palette(theme)["paper"]) >= 4.5, name


def simulated(color: str, matrix) -> tuple[float, ...]:
    linear = [(int(color[n : n + 2], 16) / 255) ** 2.2 for n in (1, 3, 5)]
    return tuple(sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "matrix",
    [
        ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
        ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    ],
    ids=["without red cones", "without green cones"],
)
def test_the_two_lines_differ_for_the_colour_blind(matrix, theme):
    """As simulated by Machado, Oliveira and Fernandes (2009). The lines differ in dashes and labels as well."""
    tasks, threads = (simulated(palette(theme)[kind], matrix) for kind in ("tasks", "threads"))
    assert max(abs(a - b) for a, b in zip(tasks, threads, strict=True)) > 0.25
