"""Bars: what each program gives, kind of work by kind of work."""
import html

import figures

SHOWN = [("get-16", "300 bytes, 16 connections: requests a second"),
         ("tls-16", "the same, HTTPS to the target"),
         ("preflight", "preflights a second")]
WIDTH, LEFT, ROW, BAR = 760, 190, 22, 15
STYLE = ("text{font:13px sans-serif;fill:#222}.head{font-weight:bold}"
         "rect{fill:#8aa}.ours{fill:#c60}")


def text(x, y, words, kind=""):
    return '<text x="%d" y="%d"%s>%s</text>' % (
        x, y, ' class="%s"' % kind if kind else "", html.escape(words))


def bar(y, name, value, most):
    """One program's line."""
    width = round((WIDTH - LEFT - 80) * value / most)
    kind = ' class="ours"' if name.startswith("viaduct") else ""
    return [text(0, y + BAR - 3, name),
            '<rect x="%d" y="%d" width="%d" height="%d"%s/>'
            % (LEFT, y, width, BAR, kind),
            text(LEFT + width + 6, y + BAR - 3, "%.0f" % value)]


def rates(samples, work):
    """(program, rate), the quickest first, without what asks the target
    itself."""
    names = {s["program"] for s in samples if s["work"] == work} - {"direct"}
    found = {n: figures.medians(samples, work, n) for n in names}
    return sorted(((n, m["rate"]) for n, m in found.items() if m),
                  key=lambda pair: -pair[1])


def svg(samples):
    parts, y = [], 0
    for work, title in SHOWN:
        found = rates(samples, work)
        if not found:
            continue
        parts.append(text(0, y + BAR, title, "head"))
        y += ROW + 4
        for name, value in found:
            parts += bar(y, name, value, found[0][1])
            y += ROW
        y += ROW // 2
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -4 %d %d" '
            'width="%d" height="%d"><style>%s</style>\n%s\n</svg>'
            % (WIDTH, y + 8, WIDTH, y + 8, STYLE, "\n".join(parts)))
