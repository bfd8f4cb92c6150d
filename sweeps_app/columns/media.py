"""Logged objects with a type of their own, such as images: `x` is stored as `x._type`, `x.path` and so on."""

from collections.abc import Iterable

TYPE = "._type"


def without_media(names: Iterable[str]) -> list[str]:
    """Return the dotted names, in their order, that are no part of such an object."""
    known = list(names)
    objects = {name.removesuffix(TYPE) for name in known if name.endswith(TYPE)}
    return [name for name in known if not _is_part(name, objects)] if objects else known


def _is_part(name: str, objects: set[str]) -> bool:
    places = (place for place, sign in enumerate(name) if sign == ".")
    return any(name[:place] in objects for place in places)
