"""Colours as terminals know them, made legible on the grounds of both themes."""

from typing import NamedTuple

READABLE = 4.5  # contrast by the formula of WCAG 2.2
_LARGE = 3.0
# The grounds on which output stands, at their least favourable: static/css/tokens.css has their names.
_LIGHT_GROUND = (240, 245, 244)
_DARK_GROUND = (26, 36, 37)
_STEPS = 20
# What a terminal shows for the sixteen colours that have names.
_NAMED = (
    *((0, 0, 0), (205, 49, 49), (13, 148, 87), (190, 140, 0), (36, 114, 200), (188, 63, 188), (17, 148, 173)),
    *((229, 229, 229), (102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 215, 67), (59, 142, 234)),
    *((214, 112, 214), (41, 184, 219), (255, 255, 255)),
)
_CUBE = (0, 95, 135, 175, 215, 255)


class Rgb(NamedTuple):
    """A colour by its parts, 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


BLACK, WHITE = Rgb(0, 0, 0), Rgb(255, 255, 255)


def of_256(number: int) -> Rgb:
    """Return one of the 256 colours: sixteen with names, a cube of 216, and 24 greys."""
    if number < len(_NAMED):
        return Rgb(*_NAMED[number])
    if number < 232:
        red, rest = divmod(number - 16, 36)
        green, blue = divmod(rest, 6)
        return Rgb(_CUBE[red], _CUBE[green], _CUBE[blue])
    grey = 8 + 10 * (number - 232)
    return Rgb(grey, grey, grey)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible(color: Rgb) -> tuple[Rgb, Rgb]:
    """Return a colour of text darkened for the light theme and lightened for the dark one, as far as is needed."""
    return _towards(color, BLACK, _LIGHT_GROUND), _towards(color, WHITE, _DARK_GROUND)


def on_ground(ground: Rgb, wanted: Rgb | None) -> Rgb:
    """Return a colour of text for a ground: the wanted one where it can be read, else black or white."""
    if wanted is not None and contrast(wanted, ground) >= _LARGE:
        return wanted
    return max((BLACK, WHITE), key=lambda color: contrast(color, ground))


def _towards(color: Rgb, end: Rgb, ground: tuple[int, int, int]) -> Rgb:
    for step in range(_STEPS + 1):
        mixed = Rgb(*(round(a + (b - a) * step / _STEPS) for a, b in zip(color, end, strict=True)))
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return end


def _luminance(color: tuple[int, int, int]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
