"""In: nothing. Out: what all figures share: size, colours, words for sums and parties."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache, wraps
from importlib import resources
from typing import TYPE_CHECKING, Any, ParamSpec

from aidlib.errors import FigureError
from aidlib.lexicon import read_table, split

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["eur", "eur_span", "name_of", "percent", "styled", "text_width"]

P = ParamSpec("P")

WIDTH = 4.72  # inches: 12 cm, so that 9 points are 6 in a column of 8 cm
MARGIN = 0.12
INK, GREY, PALE = "#222222", "#5a5a5a", "#d9d9d9"
# Okabe and Ito's colours: told apart by colour-blind readers, and by lightness in grey.
BLUE, ORANGE, GREEN, SKY, RED, PINK = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7"
NBSP = "\u00a0"  # a number and its unit stay on one line
BODIES = {"MULTI": "Several donors", "NORDIC": "Nordic countries", "UN": "United Nations"}
ARTICLE = r"^(United|Nordic) |Union$|Kingdom$|States$|Bank$|Fund$|Republic$|Netherlands$"
STEPS = ((Decimal(10) ** 9, "billion", "bn"), (Decimal(10) ** 6, "million", "m"))


@cache
def _settings() -> dict[str, Any]:
    import matplotlib as mpl

    with resources.as_file(resources.files("aidlib").joinpath("data", "aidlib.mplstyle")) as path:
        settings: Any = mpl.rc_params_from_file(str(path), use_default_template=False)
    return {name: settings[name] for name in settings}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the project's style, whatever the reader's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        current: Any = mpl.rcParams
        current.update(_settings())
        yield


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in the project's style."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with style():
            return draw(*args, **kwargs)

    return drawn


def new_figure(
    height: float, *, left: float = MARGIN, right: float = MARGIN, bottom: float = 0.4, top: float = 0.08
) -> tuple[Figure, Axes]:
    """Make a figure of the common width with one axes; every measure is in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    fig = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(fig)
    span = (WIDTH - left - right) / WIDTH, (height - bottom - top) / height
    return fig, fig.add_axes((left / WIDTH, bottom / height, *span))


@cache
def _font(bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))


def require_signs(text: str) -> None:
    """Refuse a text that the figures' font cannot write; matplotlib would draw boxes for it.

    Raises
    ------
    FigureError
        A sign has no glyph in the font.
    """
    fonts = [_font(False), _font(True)]
    missing = {sign for sign in text if sign != "\n" and not all(f.get_char_index(ord(sign)) for f in fonts)}
    if missing:
        signs = " ".join(sorted(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in missing))
        raise FigureError(
            f"the font of the figures cannot write {signs}",
            where=shorten(repr(text), 60),
            fix="Write it in Latin, Greek or Cyrillic letters.",
        )


@cache
def text_width(text: str, *, size: float = 9, bold: bool = False) -> float:
    """Measure a line of text in inches."""
    require_signs(text)
    font = _font(bold)
    font.set_size(100, 72)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64 / 100 * size / 72


def wrap(text: str, width: float, *, size: float = 9, bold: bool = False) -> list[str]:
    """Break a text into lines of at most ``width`` inches, as even as they come."""
    whole = text_width(text, size=size, bold=bold)
    if whole <= width:
        return [text]
    letters = max(8, int(len(text) * width / whole))
    for limit in range(letters + 6, 7, -1):
        lines = textwrap.wrap(text, limit)
        if all(text_width(line, size=size, bold=bold) <= width for line in lines):
            return lines
    return lines


def clip(text: str, width: float, *, size: float = 9, bold: bool = False, most: int = 2) -> list[str]:
    """Break a text into at most ``most`` lines of at most ``width`` inches; what is left over is cut off.

    Examples
    --------
    >>> clip("a donor whose name is so long that no column could hold it", 1.2)
    ['a donor whose', 'name is so long…']
    """
    for letters in range(len(text), 0, -1):
        lines = wrap(shorten(text, letters), width, size=size, bold=bold)
        if len(lines) <= most and all(text_width(line, size=size, bold=bold) <= width for line in lines):
            return lines
    return ["…"]


def shorten(text: str, letters: int) -> str:
    """Cut a text to so many letters, at a word where one ends.

    Examples
    --------
    >>> shorten("a very long name of a donor", 12)
    'a very…'
    """
    if len(text) <= letters:
        return text
    cut = text[: letters - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[letters // 2 :] else cut).rstrip(" ,;") + "…"


def eur(amount: Any, *, short: bool = False, sign: str = "€", unit: str | None = None) -> str:
    r"""Say a sum of euro in words, to three digits; in one unit ("billion", "million", "") if asked.

    Examples
    --------
    >>> eur(Decimal("1257600000")), eur(43_100_000, short=True), eur(-9500), eur(None)
    ('€1.26\xa0billion', '€43.1m', '−€9,500', 'no sum')
    >>> eur(43_100_000, unit="billion"), eur(43_100_000, unit="")
    ('€0.04\xa0billion', '€43,100,000')
    """
    if amount is None or amount != amount:
        return "no sum"
    size = abs(Decimal(amount))
    minus = "−" if amount < 0 else ""
    for step, word, letter in STEPS:
        if word == unit or (unit is None and size >= step * Decimal("0.9995")):
            digits = _three_digits(size / step)
            return f"{minus}{sign}{digits}{letter}" if short else f"{minus}{sign}{digits}{NBSP}{word}"
    return f"{minus}{sign}{size:,.0f}"


def eur_span(low: Any, high: Any, say: Callable[[Any], str] = eur) -> str:
    r"""Say a sum that lies between two, its unit once where both have the same.

    Examples
    --------
    >>> eur_span(Decimal("1.2e9"), Decimal("1.4e9")), eur_span(0, 5_000_000), eur_span(7, 7)
    ('€1.2–1.4\xa0billion', '€0 to €5\xa0million', '€7')
    """
    least, most = say(low), say(high)
    if least == most:
        return least
    units = [re.sub(r"^€[\d,.]+", "", text) for text in (least, most)]
    if units[0] == units[1]:
        return f"{least.removesuffix(units[0])}–{most.removeprefix('€')}"
    return f"{least} to {most}"


def _three_digits(value: Decimal) -> str:
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | float) -> str:
    r"""Say a share.

    Examples
    --------
    >>> percent(0.384), percent(0.004), percent(0.997)
    ('38\xa0%', 'under 1\xa0%', 'over 99\xa0%')
    """
    if 0.995 <= share < 1:
        return f"over 99{NBSP}%"
    return f"under 1{NBSP}%" if 0 < share < 0.005 else f"{float(share) * 100:.0f}{NBSP}%"


@cache
def _names() -> dict[str, str]:
    rows = read_table("parties.csv", lambda r: (r["code"], split(r["forms"])), key="code+class")
    found: dict[str, str] = {}
    for code, forms in rows:
        found.setdefault(code, forms[0].lstrip("="))
    return found | BODIES


def name_of(code: Any) -> str:
    """Name a party by its code.

    Examples
    --------
    >>> name_of("NOR"), name_of("MULTI"), name_of(None)
    ('Norway', 'Several donors', 'Donor unknown')
    """
    if not isinstance(code, str) or not code:
        return "Donor unknown"
    return _names().get(code, code)


def as_subject(name: str) -> str:
    """Put the article before a name that has one.

    Examples
    --------
    >>> as_subject("European Union"), as_subject("Norway")
    ('the European Union', 'Norway')
    """
    return f"the {name}" if re.search(ARTICLE, name) else name


def sentence(words: str) -> str:
    """Begin with a capital, the rest as it is."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
