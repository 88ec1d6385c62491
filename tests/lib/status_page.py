"""What the page _status shows: its plots, tables and figures."""
import re

BAR = re.compile(r"<g><title>(\d\d:\d\d) UTC: (\d+) answered, (\d+) refused, "
                 r"(\d+) failed</title>(.*?)</g>")
RECT = re.compile(r'class="bar s(\d)" x="[\d.]+" y="[\d.]+" '
                  r'width="[\d.]+" height="([\d.]+)"')
ROW = re.compile(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>")


def figures(page, label):
    """The rows of a table: what begins each, and its figures as they are."""
    part = page.split('aria-label="%s"' % label)[1].split("</table>")[0]
    return {re.sub("<.*?>", "", head): re.findall(
        r'<td class="number">(.*?)</td>', rest)
        for head, rest in ROW.findall(part)}


def table(page, label):
    """Only the whole numbers of them."""
    return {head: [int(n.replace(",", "")) for n in row
                   if re.fullmatch(r"[\d,]+", n)]
            for head, row in figures(page, label).items()}


UNITS = {"ms": 1, "s": 1e3, "min": 6e4,
         "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def means(text, number):
    """Does a figure stand for this number?  Half of its last digit is off."""
    if number is None:
        return text == "-"
    value, unit = text.split(" ")
    return abs(number / UNITS[unit] - float(value)) <= (
        .050001 if "." in value else .500001)


def spark(scope):
    """The line of its minutes: their highest, and the two areas."""
    minutes = list(zip(*(scope["minutes"][sort] for sort in (
        "answered", "refused", "failed"))))
    most = max(map(sum, minutes))
    return most, ["M0 24" + "".join(
        "L%d %.1f" % (m * 120 // 59, 24 - n * 23 / most)
        for m, n in enumerate(row)) + "V24z"
        for row in (map(sum, minutes), [m[2] for m in minutes])]


def line_of(page, name):
    """What the line of a route shows: its figures by label, its spark line."""
    part = page.split('<span class="name">%s</span>' % name)[1].split(
        "</summary>")[0]
    return ({label: text for text, label in re.findall(
        r'<span class="figure[^"]*"><b>(.*?)</b> (\w+)</span>', part)},
            (int(re.search(r"<title>at most (\d+) a minute", part)[1]),
             re.findall(r'<path class="area s\d" d="([^"]*)"', part)))
