"""A pair's waterfall as an SVG, by hand: for print, mail and readers without scripts.

Only words of the profile and weights are drawn; nothing that a record says.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

ROW, LABEL, PLOT, PAD = 26, 430, 420, 60
_FOR, _AGAINST, _TOTAL = "#2e7d32", "#c62828", "#455a64"


def svg(steps: Sequence[tuple[str, str, float]], cut_off: float, title: str) -> str:
    """The steps (evidence, finding, weight in log2 odds; the last is the sum) as bars from the top.

    Each bar begins where the one above it ends; the sum begins at 0. cut_off: a dashed line.
    """
    ends, at = [0.0, cut_off], 0.0
    spans = []
    for place, (_, _, weight) in enumerate(steps):
        start = 0.0 if place == len(steps) - 1 else at
        at = start + weight
        spans.append((start, at))
        ends.append(at)
    low, high = min(ends), max(ends)
    scale = PLOT / ((high - low) or 1.0)

    def x(value: float) -> float:
        return LABEL + (value - low) * scale

    height = ROW * (len(steps) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LABEL + PLOT + PAD} {height}" '
        f'font-family="sans-serif" font-size="12" role="img"><title>{escape(title)}</title>',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for value, dash in ((0.0, ""), (cut_off, ' stroke-dasharray="4 3"')):
        parts.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{ROW}" y2="{height - ROW / 2:.1f}" '
            f'stroke="#90a4ae"{dash}/>'
        )
    for place, ((what, finding, weight), (start, end)) in enumerate(zip(steps, spans, strict=True)):
        top = ROW * (place + 1)
        is_sum = place == len(steps) - 1
        fill = _TOTAL if is_sum else _FOR if weight >= 0 else _AGAINST
        said = f"{what}: {finding}" if finding else what
        left, right = sorted((x(start), x(end)))
        parts.append(f'<text x="8" y="{top + 17}">{escape(said)}</text>')
        parts.append(
            f'<rect x="{left:.1f}" y="{top + 5}" width="{max(right - left, 1):.1f}" '
            f'height="{ROW - 10}" fill="{fill}"/>'
        )
        parts.append(f'<text x="{right + 4:.1f}" y="{top + 17}">{weight:+.1f}</text>')
    return "\n".join([*parts, "</svg>", ""])
