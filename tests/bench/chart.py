"""One bar chart of every headline that has a goal: how far it is from the goal, on a logarithmic scale; and the memory of runs over time."""
import math
from html import escape

from report import limit_text, spread_text

LEFT, RIGHT, WIDTH, ROW, TOP = 330, 290, 1140, 26, 78  # pixels
COLOUR = {"goal": "#2a7f4f", "milestone": "#c98a1b", "short of goal": "#b8402f", "no figure": "#9aa0a6"}
SPAN = 8.0  # the scale shows a distance of 1/8 to 8 goals


def distance(h):
    """1 = exactly the goal; above 1 = short of it by that factor."""
    return beside_goal(h, h.value[0])


def beside_goal(h, value):
    return h.goal / max(value, 1e-9) if h.more_is_better else value / h.goal


def x_of(value):
    clipped = min(max(value, 1 / SPAN), SPAN)
    return LEFT + (math.log(clipped) / math.log(SPAN) + 1) / 2 * (WIDTH - LEFT - RIGHT)


def text(x, y, words, anchor="start", size=13, colour="#202124", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def line(x1, y1, x2, y2, colour, width=1.0, dash=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"'
            + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")


def bar(h, y):
    verdict = h.verdict()
    out = [text(LEFT - 10, y + 17, h.key, "end")]
    limit = limit_text(h, h.goal)
    if not h.value:
        return out + [text(LEFT + 8, y + 17, "no figure", size=12, colour=COLOUR[verdict]),
                      text(WIDTH - 14, y + 17, f"goal {limit}", "end", 12, "#5f6368")]
    x0, x1 = LEFT, x_of(distance(h))
    out.append(f'<rect x="{x0}" y="{y + 4}" width="{max(x1 - x0, 2):.1f}" height="{ROW - 8}" fill="{COLOUR[verdict]}"/>')
    if h.value[1] < h.value[2]:
        ends = sorted(x_of(beside_goal(h, v)) for v in h.value[1:])
        out.append(line(ends[0], y + ROW / 2, ends[1], y + ROW / 2, "#202124", 1.5))
        out += [line(e, y + ROW / 2 - 4, e, y + ROW / 2 + 4, "#202124", 1.5) for e in ends]
    out.append(text(WIDTH - RIGHT + 14, y + 17, spread_text(h.value, h.unit), size=12))
    out.append(text(WIDTH - 14, y + 17, f"goal {limit}", "end", 12, "#5f6368"))
    if distance(h) > SPAN:
        out.append(f'<path d="M{x1 + 2:.1f} {y + 5} l8 {ROW / 2 - 5:.1f} l-8 {ROW / 2 - 5:.1f} z" fill="{COLOUR[verdict]}"/>')
    return out


def svg(sections, title):
    """The picture as text. Bars that end left of the line `goal` have reached it."""
    headlines = [h for s in sections for h in s.headlines if h.goal is not None]
    height = TOP + ROW * len(headlines) + 44
    o = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
         'font-family="DejaVu Sans, Verdana, Arial, sans-serif">', f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
         text(16, 26, title, size=16, weight="bold"),
         text(16, 48, "How far from the goal. Shorter is better; a bar that stops left of the line has reached its goal.", size=12, colour="#5f6368")]
    bottom = TOP + ROW * len(headlines)
    for mark in (0.125, 0.25, 0.5, 1, 2, 4, 8):
        x = x_of(mark)
        at_goal = mark == 1
        o.append(line(x, TOP - 6, x, bottom + 4, "#202124" if at_goal else "#dadce0", 1.6 if at_goal else 1, "" if at_goal else "3 3"))
        words = "goal" if at_goal else f"{mark:g} x" if mark > 1 else f"1/{1 / mark:g}"
        o.append(text(x, TOP - 12, words, "middle", 12, "#202124" if at_goal else "#5f6368", "bold" if at_goal else "normal"))
    for i, h in enumerate(headlines):
        o += bar(h, TOP + ROW * i)
    x = LEFT
    for verdict, words in (("goal", "goal reached"), ("milestone", "first milestone reached"), ("short of goal", "short of both")):
        o.append(f'<rect x="{x}" y="{bottom + 18}" width="12" height="12" fill="{COLOUR[verdict]}"/>')
        o.append(text(x + 18, bottom + 29, words, size=12, colour="#5f6368"))
        x += 40 + 7.2 * len(words)
    return "\n".join(o + ["</svg>"]) + "\n"


CURVES = ("#2a7f4f", "#7bbf9a", "#1f5fa8", "#8db6e0", "#9a5b13", "#d8a868", "#6b3fa0", "#b79fd6")
AXIS = 256.0  # MiB: the default budget


def memory_svg(curves, title):
    """Resident memory over runs as text: `curves` is [(name, [(seconds, bytes), ...])]; every run is drawn as wide as the others."""
    left, right, top, bottom, width, height = 70, 330, 60, 50, 1080, 420
    tallest = max([AXIS * 1.1] + [b / 2**20 for _, samples in curves for _, b in samples])
    px = lambda part: left + part * (width - left - right)  # noqa: E731
    py = lambda mib: height - bottom - mib / tallest * (height - top - bottom)  # noqa: E731
    o = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
         'font-family="DejaVu Sans, Verdana, Arial, sans-serif">', f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
         text(16, 26, title, size=16, weight="bold"), text(16, 44, "resident memory, MiB, over the course of a run", size=12, colour="#5f6368")]
    for mib in range(0, int(tallest) + 1, 64):
        budget = mib == AXIS
        o.append(line(left, py(mib), width - right, py(mib), "#b8402f" if budget else "#dadce0", 1.4 if budget else 1, "" if budget else "3 3"))
        o.append(text(left - 8, py(mib) + 4, f"{mib}", "end", 12, "#5f6368"))
    for part in (0, .25, .5, .75, 1):
        o.append(text(px(part), height - bottom + 18, f"{part:.0%}", "middle", 12, "#5f6368"))
    for n, (name, samples) in enumerate(curves):
        end = samples[-1][0] or 1
        points = " ".join(f"{px(t / end):.1f},{py(b / 2**20):.1f}" for t, b in samples)
        o.append(f'<polyline points="{points}" fill="none" stroke="{CURVES[n % len(CURVES)]}" stroke-width="1.8"/>')
        o.append(line(width - right + 16, top + 22 * n + 6, width - right + 40, top + 22 * n + 6, CURVES[n % len(CURVES)], 3))
        o.append(text(width - right + 48, top + 22 * n + 10, f"{name.replace('-', ', ')} rows, {end:.0f} s", size=12))
    o.append(text(left + 8, py(AXIS) - 6, "the budget", size=12, colour="#b8402f"))
    return "\n".join(o + ["</svg>"]) + "\n"
