"""The charts of the report, as SVG: pillars, ladder, time line, trend.

Every chart shows its numbers, names its levels, and has a table beside it in the document. The window draws the same
ones. Three tones tell evidenced, claimed and possible apart, darkest first, in colour as in grey.
"""

from __future__ import annotations

from collections.abc import Sequence

from assets.palette import LIGHT, level_colour, on
from reports.canvas import Anchor, Canvas
from reports.gauge import Gauge
from reports.initiatives import Roadmap
from reports.progress import Progress
from reports.snapshot import Scale

WIDE = 482.0
"""The width of the text column in points: 170 mm."""

_EVIDENCED = LIGHT.scale[3]
_CLAIMED = LIGHT.scale[1]
_TRACK = LIGHT.surface
_SHAFT = "#1f5479"
"""A column of the cover before it is filled, on the darkest level."""
_LEGEND = (("evidenced", _EVIDENCED, ""), ("claimed", _CLAIMED, ""), ("up to", "#ffffff", LIGHT.muted))


def _legend(canvas: Canvas, x: float, y: float) -> None:
    """From the left: the three tones, then the target's stroke."""
    for name, fill, stroke in _LEGEND:
        canvas.rect(x, y - 5.5, 7, 6, fill=fill, stroke=stroke or fill, line=0.5)
        canvas.text(x + 10, y, name, size=7, colour=LIGHT.muted)
        x += 17 + canvas.measure(name, 7, 400)
    canvas.line([(x, y - 2.5), (x + 9, y - 2.5)], LIGHT.text, 2)
    canvas.text(x + 12, y, "target", size=7, colour=LIGHT.muted)


def _said(gauges: Sequence[Gauge]) -> str:
    """The numbers of gauges as one sentence, for alternative texts."""
    return "; ".join(
        f"{g.name} {g.low:.1f} of target {g.target:.1f}, evidenced {g.evidenced:.1f}"
        if g.low is not None and g.evidenced is not None
        else f"{g.name} not applicable"
        for g in gauges
    )


def pillars(gauges: Sequence[Gauge], scale: Scale, width: float = 256, height: float = 206) -> str:
    """Pillars as columns that carry, or do not yet carry, the beam of their target."""
    canvas = Canvas(width, height, f"Pillars against their targets. {_said(gauges)}.")
    left, top, bottom = 46.0, 28.0, height - 38.0
    unit = (bottom - top) / (scale.top - scale.base)
    step = (width - left) / max(len(gauges), 1)
    bar = min(34.0, step * 0.56)

    def y(score: float) -> float:
        return bottom - (score - scale.base) * unit

    _legend(canvas, left, 8)
    for number, name in scale.names:
        canvas.line([(left, y(number)), (width, y(number))], LIGHT.line, 0.5)
        canvas.text(left - 6, y(number) + 2.5, f"{name} {number}", size=7, colour=LIGHT.muted, anchor="end")
    for index, gauge in enumerate(gauges):
        x = left + index * step + (step - bar) / 2
        middle = x + bar / 2
        if gauge.low is not None and gauge.high is not None and gauge.evidenced is not None:
            if gauge.open:
                canvas.rect(
                    x, y(gauge.high), bar, y(gauge.low) - y(gauge.high), fill="#ffffff", stroke=LIGHT.muted, line=0.5
                )
            canvas.rect(x, y(gauge.low), bar, bottom - y(gauge.low), fill=_CLAIMED)
            canvas.rect(x, y(gauge.evidenced), bar, bottom - y(gauge.evidenced), fill=_EVIDENCED)
            roomy = y(gauge.low) - y(gauge.high) > 14  # else the number stands above the outline
            above = y(gauge.low if roomy else gauge.high) - 3
            canvas.text(middle, above, f"{gauge.low:.1f}", size=10, weight=600, anchor="middle")
        canvas.line([(x - 5, y(gauge.target)), (x + bar + 5, y(gauge.target))], LIGHT.text, 2)
        rows = canvas.wrap(f"{gauge.number} {gauge.name}", step - 2, 6.5, 400, 4)
        canvas.lines(middle, bottom + 10, rows, size=6.5, anchor="middle")
    canvas.line([(left, bottom), (width, bottom)], LIGHT.text, 0.75)
    return canvas.svg()


def colonnade(gauges: Sequence[Gauge], scale: Scale, width: float = WIDE, height: float = 226) -> str:
    """The mark, drawn from the result: one column for each pillar under one beam, filled as far as its score."""
    said = "; ".join(f"{g.name} {g.low:.1f}" for g in gauges if g.low is not None)
    canvas = Canvas(width, height, f"Five columns under one beam, filled as far as the scores go. {said}.")
    step = width / max(len(gauges), 1)
    bar = step * 0.5
    canvas.rect(0, 0, width, 12, fill=_CLAIMED)
    for index, gauge in enumerate(gauges):
        x = index * step + (step - bar) / 2
        share = ((gauge.low or scale.base) - scale.base) / (scale.top - scale.base)
        canvas.rect(x - 5, 12, bar + 10, 7, fill=_SHAFT)
        canvas.rect(x, 19, bar, height - 19, fill=_SHAFT)
        canvas.rect(x, 19 + (1 - share) * (height - 19), bar, share * (height - 19), fill=LIGHT.scale[2])
    return canvas.svg()


def ladder(gauges: Sequence[Gauge], scale: Scale, width: float = WIDE) -> str:
    """One rung for each practice, from the lowest level to the top, with the target across."""
    row, head = 20.5, 30.0
    height = head + row * len(gauges) + 4
    canvas = Canvas(width, height, f"Practices against their target. {_said(gauges)}.")
    left, right = 172.0, width - 34.0
    unit = (right - left) / (scale.top - scale.base)

    def x(score: float) -> float:
        return left + (score - scale.base) * unit

    _legend(canvas, left, 8)
    for number, name in scale.names:
        canvas.line([(x(number), head - 4), (x(number), height - 2)], LIGHT.line, 0.5)
        anchor: Anchor = "start" if number == scale.base else "end" if number == scale.top else "middle"
        canvas.text(x(number), head - 8, f"{number} {name}", size=7, colour=LIGHT.muted, anchor=anchor)
    for index, gauge in enumerate(gauges):
        y = head + index * row + 3
        rows = canvas.wrap(gauge.name, left - 30, 8, 400, 2)
        canvas.text(0, y + (11 if len(rows) == 1 else 6.5), gauge.number, size=8, weight=600, colour=LIGHT.accent)
        canvas.lines(20, y + (11 if len(rows) == 1 else 6.5), rows, size=8)
        canvas.rect(left, y, right - left, 15, fill=_TRACK)
        if gauge.low is None or gauge.high is None or gauge.evidenced is None:
            canvas.text(left + 5, y + 10.5, "not applicable", size=7.5, colour=LIGHT.muted)
            continue
        if gauge.open:
            canvas.rect(
                x(gauge.low), y + 2, x(gauge.high) - x(gauge.low), 11, fill="#ffffff", stroke=LIGHT.muted, line=0.5
            )
        canvas.rect(left, y + 2, x(gauge.low) - left, 11, fill=_CLAIMED)
        canvas.rect(left, y + 2, x(gauge.evidenced) - left, 11, fill=_EVIDENCED)
        canvas.line([(x(gauge.target), y - 2), (x(gauge.target), y + 17)], LIGHT.text, 2)
        canvas.text(width, y + 11, f"{gauge.low:.1f}", size=10, weight=600, anchor="end")
    return canvas.svg()


def timeline(roadmap: Roadmap, scale: Scale, width: float = WIDE) -> str:
    """The plan: the score's way to its target above, initiatives by pillar in the middle, capacity below."""
    lanes = roadmap.lanes
    path, chip, left = 78.0, 12.0, 104.0
    step = (width - left) / max(len(lanes), 1)
    across = max(1, int((step - 5) // 21))
    depth = {
        number: max(1, *(-(-len(dict(lane.chips)[number]) // across) for lane in lanes))
        for number, _ in roadmap.pillars
    }
    tall = {number: max(deep * chip + 8, 26.0) for number, deep in depth.items()}
    body = sum(tall.values())
    head = 26.0
    height = head + path + body + 40
    said = "; ".join(
        f"{lane.label} from {lane.starts}: {len(lane.blocks)} initiatives, score {lane.after}" for lane in lanes
    )
    canvas = Canvas(width, height, f"Roadmap. Score today {roadmap.start:.1f}, target {roadmap.target:.1f}. {said}.")
    for index, lane in enumerate(lanes):
        x = left + index * step
        if index % 2 == 0:
            canvas.rect(x, 0, step, height - 2, fill=_TRACK)
        canvas.text(x + step / 2, 10, lane.label, size=8, weight=600, anchor="middle")
        canvas.text(x + step / 2, 19, lane.starts, size=7, colour=LIGHT.muted, anchor="middle")
    _path(canvas, roadmap, scale, left, step, head=head, height=path)
    y = head + path
    for number, name in roadmap.pillars:
        canvas.line([(0, y), (width, y)], LIGHT.line, 0.5)
        canvas.text(0, y + 10, number, size=7.5, weight=600, colour=LIGHT.accent)
        canvas.lines(10, y + 10, canvas.wrap(name, left - 16, 7, 400, 2), size=7)
        for index, lane in enumerate(lanes):
            for place, code in enumerate(dict(lane.chips)[number]):
                cx = left + index * step + 3 + place % across * 21
                cy = y + 4 + place // across * chip
                canvas.rect(cx, cy, 19.5, chip - 2, fill=LIGHT.accent)
                canvas.text(cx + 9.75, cy + 7.6, code, size=7, weight=600, colour="#ffffff", anchor="middle")
        y += tall[number]
    _capacity(canvas, roadmap, left, step, y)
    return canvas.svg()


def _path(
    canvas: Canvas, roadmap: Roadmap, scale: Scale, left: float, step: float, *, head: float, height: float
) -> None:
    """The score after each wave, rising from today towards the target."""
    low = min(roadmap.start, roadmap.target)
    high = max([roadmap.target, *(lane.score for lane in roadmap.lanes)], default=scale.top)
    span = max(high - low, 0.1)

    def y(score: float) -> float:
        return head + height - 14 - (score - low) / span * (height - 32)

    right = left + step * len(roadmap.lanes)
    canvas.line([(left, y(roadmap.target)), (right, y(roadmap.target))], LIGHT.text, 1, (3, 2))
    canvas.text(left - 6, y(roadmap.target) + 2.5, f"target {roadmap.target:.1f}", size=8, anchor="end")
    points = [(left, y(roadmap.start))]
    points += [(left + (index + 0.5) * step, y(lane.score)) for index, lane in enumerate(roadmap.lanes)]
    canvas.line(points, LIGHT.accent, 1.6)
    shown = f"today {roadmap.start:.1f}"
    canvas.text(left - 6, y(roadmap.start) + 2.5, shown, size=8, weight=600, colour=LIGHT.accent, anchor="end")
    for (px, py), lane in zip(points[1:], roadmap.lanes, strict=True):
        canvas.dot(px, py, 2.6, LIGHT.accent)
        below = py - y(roadmap.target) < 12 and lane.score < roadmap.target
        canvas.text(
            px, py + (12 if below else -5), lane.after, size=8.5, weight=600, colour=LIGHT.accent, anchor="middle"
        )


def _capacity(canvas: Canvas, roadmap: Roadmap, left: float, step: float, y: float) -> None:
    """How full each wave is with the work of all tiers."""
    canvas.line([(0, y), (canvas.width, y)], LIGHT.line, 0.5)
    canvas.text(0, y + 11, "Person-days", size=7.5, weight=600)
    canvas.text(0, y + 21, "all tiers / capacity", size=7, colour=LIGHT.muted)
    for index, lane in enumerate(roadmap.lanes):
        x, wide = left + index * step + 3, step - 6
        canvas.rect(x, y + 5, wide, 9, fill="#ffffff", stroke=LIGHT.muted, line=0.5)
        canvas.rect(x, y + 5, wide * lane.load, 9, fill=_CLAIMED)
        canvas.text(x + wide / 2, y + 24, f"{lane.used} / {lane.capacity}", size=7.5, anchor="middle")


def trend(progress: Progress, scale: Scale, target: float, width: float = 300, height: float = 128) -> str:
    """Claimed and evidenced score at each engagement, by date."""
    said = "; ".join(
        f"{point.label} claimed {point.claimed:.1f}, evidenced {point.evidenced:.1f}" for point in progress.trend
    )
    canvas = Canvas(width, height, f"Score over time, target {target:.1f}. {said}.")
    left, right, top, bottom = 52.0, width - 62.0, 10.0, height - 20.0
    unit = (bottom - top) / (scale.top - scale.base)
    first, last = progress.trend[0].day, progress.trend[-1].day
    days = max((last - first).days, 1)

    def y(score: float) -> float:
        return bottom - (score - scale.base) * unit

    for number, name in scale.names:
        canvas.line([(left, y(number)), (width - 58, y(number))], LIGHT.line, 0.5)
        canvas.text(left - 8, y(number) + 2.5, f"{name} {number}", size=7, colour=LIGHT.muted, anchor="end")
    canvas.line([(left, y(target)), (width - 58, y(target))], LIGHT.text, 1, (3, 2))
    places = [left + 8 + (point.day - first).days / days * (right - left - 8) for point in progress.trend]
    named = []
    for name, colour, scores in (
        ("claimed", LIGHT.scale[2], [point.claimed for point in progress.trend]),
        ("evidenced", _EVIDENCED, [point.evidenced for point in progress.trend]),
    ):
        canvas.line([(x, y(score)) for x, score in zip(places, scores, strict=True)], colour, 1.6)
        for x, score in zip(places, scores, strict=True):
            canvas.dot(x, y(score), 2.6, colour)
        named.append((y(scores[-1]) + 2.5, f"{name} {scores[-1]:.1f}"))
    named.append((y(target) + 2.5, f"target {target:.1f}"))
    free = top
    for place, text in sorted(named):
        canvas.text(width - 54, max(place, free), text, size=7.5, weight=600)
        free = max(place, free) + 9
    shown = -60.0
    for x, point in zip(places, progress.trend, strict=True):
        if x - shown >= 42:
            canvas.text(x, height - 6, point.label, size=7, colour=LIGHT.muted, anchor="middle")
            shown = x
    return canvas.svg()


def swatches(scale: Scale) -> tuple[tuple[int, str, str, str], ...]:
    """(level, name, colour, text colour) for every level: the classes of heat maps and legends."""
    colours = [(number, name, level_colour(number, scale.base, scale.top)) for number, name in scale.names]
    return tuple((number, name, colour, on(colour)) for number, name, colour in colours)
