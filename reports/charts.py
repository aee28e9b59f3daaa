"""The charts of the report, as SVG: pillars, ladder, time line, trend.

Every chart shows its numbers, names its levels, and has a table beside it in the document. The window draws the same
ones. Three tones tell evidenced, claimed and possible apart, darkest first, in colour as in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assets.palette import HOUSE, LIGHT, House, level_colour, on
from reports import words
from reports.canvas import Anchor, Canvas
from reports.dsomm import SHADES
from reports.gauge import Gauge
from reports.initiatives import Roadmap
from reports.language import _
from reports.regimes import Regimes
from reports.snapshot import Scale
from reports.trend import Trend

WIDE = 482.0
"""The width of the text column in points: 170 mm."""

_EVIDENCED = LIGHT.scale[3]
_CLAIMED = LIGHT.scale[1]
_TRACK = LIGHT.surface
_BAND = "#dcebe9"
"""The interval of a forecast."""


def _legend(canvas: Canvas, x: float, y: float) -> None:
    """From the left: the three tones, then the target's stroke."""
    tones = ((_("evidenced"), _EVIDENCED, ""), (_("claimed"), _CLAIMED, ""), (_("up to"), "#ffffff", LIGHT.muted))
    for name, fill, stroke in tones:
        canvas.rect(x, y - 5.5, 7, 6, fill=fill, stroke=stroke or fill, line=0.5)
        canvas.text(x + 10, y, name, size=7, colour=LIGHT.muted)
        x += 17 + canvas.measure(name, 7, 400)
    canvas.line([(x, y - 2.5), (x + 9, y - 2.5)], LIGHT.text, 2)
    canvas.text(x + 12, y, _("target"), size=7, colour=LIGHT.muted)


def _said(gauges: Sequence[Gauge]) -> str:
    """The numbers of gauges as one sentence, for alternative texts."""
    return "; ".join(
        _(
            "{name} {low} of target {target}, evidenced {evidenced}",
            name=g.name,
            low=words.number(g.low),
            target=words.number(g.target),
            evidenced=words.number(g.evidenced),
        )
        if g.low is not None
        else _("{name} not applicable", name=g.name)
        for g in gauges
    )


def pillars(gauges: Sequence[Gauge], scale: Scale, width: float = 256, height: float = 206) -> str:
    """Pillars as columns that carry, or do not yet carry, the beam of their target."""
    canvas = Canvas(width, height, _("Pillars against their targets. {numbers}.", numbers=_said(gauges)))
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
            canvas.text(middle, above, words.number(gauge.low), size=10, weight=600, anchor="middle")
        canvas.line([(x - 5, y(gauge.target)), (x + bar + 5, y(gauge.target))], LIGHT.text, 2)
        rows = canvas.wrap(f"{gauge.number} {gauge.name}", step - 2, 6.5, 400, 4)
        canvas.lines(middle, bottom + 10, rows, size=6.5, anchor="middle")
    canvas.line([(left, bottom), (width, bottom)], LIGHT.text, 0.75)
    return canvas.svg()


def colonnade(
    gauges: Sequence[Gauge], scale: Scale, house: House = HOUSE, width: float = WIDE, height: float = 226
) -> str:
    """The mark, drawn from the result: one column for each pillar under one beam, filled as far as its score."""
    said = "; ".join(f"{g.name} {words.number(g.low)}" for g in gauges if g.low is not None)
    picture = _("Columns under one beam, filled as far as the scores go. {numbers}.", numbers=said)
    canvas = Canvas(width, height, picture)
    step = width / max(len(gauges), 1)
    bar = step * 0.5
    canvas.rect(0, 0, width, 12, fill=house.beam)
    for index, gauge in enumerate(gauges):
        x = index * step + (step - bar) / 2
        share = ((gauge.low or scale.base) - scale.base) / (scale.top - scale.base)
        canvas.rect(x - 5, 12, bar + 10, 7, fill=house.shaft)
        canvas.rect(x, 19, bar, height - 19, fill=house.shaft)
        canvas.rect(x, 19 + (1 - share) * (height - 19), bar, share * (height - 19), fill=house.fill)
    return canvas.svg()


def ladder(gauges: Sequence[Gauge], scale: Scale, accent: str = LIGHT.accent, width: float = WIDE) -> str:
    """One rung for each practice, from the lowest level to the top, with the target across."""
    row, head = 20.5, 30.0
    height = head + row * len(gauges) + 4
    canvas = Canvas(width, height, _("Practices against their target. {numbers}.", numbers=_said(gauges)))
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
        canvas.text(0, y + (11 if len(rows) == 1 else 6.5), gauge.number, size=8, weight=600, colour=accent)
        canvas.lines(20, y + (11 if len(rows) == 1 else 6.5), rows, size=8)
        canvas.rect(left, y, right - left, 15, fill=_TRACK)
        if gauge.low is None or gauge.high is None or gauge.evidenced is None:
            canvas.text(left + 5, y + 10.5, _("not applicable"), size=7.5, colour=LIGHT.muted)
            continue
        if gauge.open:
            canvas.rect(
                x(gauge.low), y + 2, x(gauge.high) - x(gauge.low), 11, fill="#ffffff", stroke=LIGHT.muted, line=0.5
            )
        canvas.rect(left, y + 2, x(gauge.low) - left, 11, fill=_CLAIMED)
        canvas.rect(left, y + 2, x(gauge.evidenced) - left, 11, fill=_EVIDENCED)
        canvas.line([(x(gauge.target), y - 2), (x(gauge.target), y + 17)], LIGHT.text, 2)
        canvas.text(width, y + 11, words.number(gauge.low), size=10, weight=600, anchor="end")
    return canvas.svg()


def timeline(roadmap: Roadmap, accent: str = LIGHT.accent, width: float = WIDE) -> str:
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
        _(
            "{wave} from {month}: {initiatives}, score {score}",
            wave=lane.label,
            month=lane.starts,
            initiatives=words.initiatives(len(lane.blocks)),
            score=lane.after,
        )
        for lane in lanes
    )
    picture = _(
        "Roadmap. Score today {start}, target {target}. {waves}.",
        start=words.number(roadmap.start),
        target=words.number(roadmap.target),
        waves=said,
    )
    canvas = Canvas(width, height, picture)
    for index, lane in enumerate(lanes):
        x = left + index * step
        if index % 2 == 0:
            canvas.rect(x, 0, step, height - 2, fill=_TRACK)
        canvas.text(x + step / 2, 10, lane.label, size=8, weight=600, anchor="middle")
        canvas.text(x + step / 2, 19, lane.starts, size=7, colour=LIGHT.muted, anchor="middle")
    _path(canvas, roadmap, left, step, accent, head=head, height=path)
    y = head + path
    for number, name in roadmap.pillars:
        canvas.line([(0, y), (width, y)], LIGHT.line, 0.5)
        canvas.text(0, y + 10, number, size=7.5, weight=600, colour=accent)
        canvas.lines(10, y + 10, canvas.wrap(name, left - 16, 7, 400, 2), size=7)
        for index, lane in enumerate(lanes):
            for place, code in enumerate(dict(lane.chips)[number]):
                cx = left + index * step + 3 + place % across * 21
                cy = y + 4 + place // across * chip
                canvas.rect(cx, cy, 19.5, chip - 2, fill=accent)
                canvas.text(cx + 9.75, cy + 7.6, code, size=7, weight=600, colour="#ffffff", anchor="middle")
        y += tall[number]
    _capacity(canvas, roadmap, left, step, y)
    return canvas.svg()


def _path(
    canvas: Canvas, roadmap: Roadmap, left: float, step: float, accent: str, *, head: float, height: float
) -> None:
    """The score after each wave, rising from today towards the target."""
    low = min(roadmap.start, roadmap.target)
    high = max([roadmap.target, *(lane.score for lane in roadmap.lanes)], default=roadmap.target)
    span = max(high - low, 0.1)

    def y(score: float) -> float:
        return head + height - 14 - (score - low) / span * (height - 32)

    right = left + step * len(roadmap.lanes)
    canvas.line([(left, y(roadmap.target)), (right, y(roadmap.target))], LIGHT.text, 1, (3, 2))
    canvas.text(
        left - 6, y(roadmap.target) + 2.5, _("target {score}", score=words.number(roadmap.target)), size=8, anchor="end"
    )
    points = [(left, y(roadmap.start))]
    points += [(left + (index + 0.5) * step, y(lane.score)) for index, lane in enumerate(roadmap.lanes)]
    canvas.line(points, accent, 1.6)
    shown = _("today {score}", score=words.number(roadmap.start))
    canvas.text(left - 6, y(roadmap.start) + 2.5, shown, size=8, weight=600, colour=accent, anchor="end")
    for (px, py), lane in zip(points[1:], roadmap.lanes, strict=True):
        canvas.dot(px, py, 2.6, accent)
        below = py - y(roadmap.target) < 12 and lane.score < roadmap.target
        canvas.text(px, py + (12 if below else -5), lane.after, size=8.5, weight=600, colour=accent, anchor="middle")


def _capacity(canvas: Canvas, roadmap: Roadmap, left: float, step: float, y: float) -> None:
    """How full each wave is with the work of all tiers."""
    canvas.line([(0, y), (canvas.width, y)], LIGHT.line, 0.5)
    canvas.text(0, y + 11, _("Person-days"), size=7.5, weight=600)
    canvas.text(0, y + 21, _("all tiers / capacity"), size=7, colour=LIGHT.muted)
    for index, lane in enumerate(roadmap.lanes):
        x, wide = left + index * step + 3, step - 6
        canvas.rect(x, y + 5, wide, 9, fill="#ffffff", stroke=LIGHT.muted, line=0.5)
        canvas.rect(x, y + 5, wide * lane.load, 9, fill=_CLAIMED)
        canvas.text(x + wide / 2, y + 24, f"{lane.used} / {lane.capacity}", size=7.5, anchor="middle")


def trend(trend: Trend, scale: Scale, width: float = 290, height: float = 150) -> str:
    """Claimed and evidenced score at each engagement, by date; ahead the claimed one's forecast in its interval."""
    said = "; ".join(
        _("{label} claimed {claimed}, evidenced {evidenced}", label=p.label, claimed=words.number(p.claimed),
          evidenced=words.number(p.evidenced))
        for p in trend.points
    )  # fmt: skip
    ahead = "; ".join(
        _("{label} between {low} and {high}", label=f.label, low=words.number(round(f.low, 1)),
          high=words.number(round(f.high, 1)))
        for f in trend.fans[1:]
    )  # fmt: skip
    canvas = Canvas(
        width,
        height,
        _("Score over time, target {target}. {numbers}.", target=words.number(trend.target), numbers=said)
        + (" " + _("Forecast of the claimed score: {numbers}.", numbers=ahead) if ahead else ""),
    )
    target, claimed, evidenced = trend.target, trend.points[-1].claimed, trend.points[-1].evidenced
    named = {
        _("target {score}", score=words.number(target)): target,
        _("claimed {score}", score=words.number(claimed)): claimed,
        _("evidenced {score}", score=words.number(evidenced)): evidenced,
    }
    room = max(canvas.measure(text, 7.5, 600) for text in named) + 4
    left, right, top, bottom = 62.0, width - room - 4, 10.0, height - 20.0
    unit = (bottom - top) / (scale.top - scale.base)
    first, last = trend.points[0].day, (trend.fans[-1].day if trend.fans else trend.points[-1].day)
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return left + 8 + (day - first).days / days * (right - left - 12)

    def y(score: float) -> float:
        return bottom - (score - scale.base) * unit

    for number, name in scale.names:
        canvas.line([(left, y(number)), (right, y(number))], LIGHT.line, 0.5)
        (shown,) = canvas.wrap(f"{name}\u00a0{number}", left - 10, 7, 400, 1)
        canvas.text(left - 8, y(number) + 2.5, shown, size=7, colour=LIGHT.muted, anchor="end")
    if trend.fans:
        outline = [(x(f.day), y(f.high)) for f in trend.fans] + [(x(f.day), y(f.low)) for f in reversed(trend.fans)]
        canvas.polygon(outline, _BAND)
        canvas.line([(x(f.day), y(f.middle)) for f in trend.fans], LIGHT.scale[2], 1, (2, 2))
    canvas.line([(left, y(target)), (right, y(target))], LIGHT.text, 1, (3, 2))
    for colour, scores in (
        (LIGHT.scale[2], [p.claimed for p in trend.points]),
        (_EVIDENCED, [p.evidenced for p in trend.points]),
    ):
        places = [(x(p.day), y(score)) for p, score in zip(trend.points, scores, strict=True)]
        canvas.line(places, colour, 1.6)
        for px, py in places:
            canvas.dot(px, py, 2.6, colour)
    free = top
    for place, text in sorted((y(score) + 2.5, text) for text, score in named.items()):
        canvas.text(width - room, max(place, free), text, size=7.5, weight=600)
        free = max(place, free) + 9
    marks = [(p.day, p.label) for p in trend.points] + [(f.day, f.label) for f in trend.fans[1:]]
    _dates(canvas, [(x(day), label) for day, label in marks], height - 6)
    return canvas.svg()


def _dates(canvas: Canvas, marks: Sequence[tuple[float, str]], y: float) -> None:
    """Labels below an axis, as many as have room; the last one always."""
    shown = [marks[-1]]
    for mark in marks[-2::-1]:
        if shown[-1][0] - mark[0] >= canvas.measure(mark[1], 7, 400) + 6:
            shown.append(mark)
    for x, label in shown:
        canvas.text(x, y, label, size=7, colour=LIGHT.muted, anchor="middle")


_STANDINGS = (LIGHT.scale[3], LIGHT.scale[1], "#ffffff", LIGHT.surface, LIGHT.surface)
"""Met, partly, not met, not assessed, not applicable."""


def regimes(part: Regimes, width: float = WIDE) -> str:
    """One bar for each regime: how many of its obligations are met, and how far."""
    row, head, left = 19.0, 20.0, 132.0
    height = head + row * len(part.bars) + 2
    said = "; ".join(
        f"{bar.name}: "
        + ", ".join(f"{words.whole(n)} {name}" for n, name in zip(bar.counts, part.standings, strict=True) if n)
        for bar in part.bars
    )
    canvas = Canvas(width, height, _("Obligations by how far they are met. {numbers}.", numbers=said))
    x = left
    present = [any(bar.counts[i] for bar in part.bars) for i in range(len(part.standings))]
    for name, fill, there in zip(part.standings, _STANDINGS, present, strict=True):
        if there:
            canvas.rect(x, 2.5, 7, 6, fill=fill, stroke=LIGHT.muted, line=0.5)
            canvas.text(x + 10, 8, name, size=7, colour=LIGHT.muted)
            x += 20 + canvas.measure(name, 7, 400)
    for index, bar in enumerate(part.bars):
        y, x = head + index * row, left
        canvas.lines(0, y + 10, canvas.wrap(bar.name, left - 10, 8, 600, 1), size=8, weight=600)
        for count, fill in zip(bar.counts, _STANDINGS, strict=True):
            wide = (width - left) * count / bar.total
            if count:
                canvas.rect(x, y, wide, 14, fill=fill, stroke=LIGHT.muted, line=0.5)
            if wide > canvas.measure(words.whole(count), 8, 600) + 3:
                canvas.text(
                    x + wide / 2, y + 10, words.whole(count), size=8, weight=600, colour=on(fill), anchor="middle"
                )
            x += wide
    return canvas.svg()


def shades() -> tuple[tuple[int, str, str], ...]:
    """(shade, colour, text colour) of the DSOMM heat map, in which 0 is nothing in place and the last all of it."""
    colours = [level_colour(shade, 0, SHADES - 1) for shade in range(SHADES)]
    return tuple((shade, colour, on(colour)) for shade, colour in enumerate(colours))


def swatches(scale: Scale) -> tuple[tuple[int, str, str, str], ...]:
    """(level, name, colour, text colour) for every level: the classes of heat maps and legends."""
    colours = [(number, name, level_colour(number, scale.base, scale.top)) for number, name in scale.names]
    return tuple((number, name, colour, on(colour)) for number, name, colour in colours)
