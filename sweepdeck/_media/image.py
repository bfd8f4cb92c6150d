"""Images from arrays, figures, PIL and files."""

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sweepdeck._errors import UsageError
from sweepdeck._media.media import Media, Place
from sweepdeck._media.pixels import pixels_of
from sweepdeck._media.png import png, size_of
from sweepdeck._values import Unstorable, storable_text
from sweepdeck._wandb_only import check_wandb_only

_FORMATS = ("png", "jpg", "jpeg", "gif", "webp", "bmp")
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_WANDB_ONLY = {"grouping": None, "classes": None, "boxes": None, "masks": None, "file_type": "png", "normalize": True}


class Image(Media):
    """An image to be logged: `log({"examples": Image(array, caption="a cat")})`, or a list of them.

    `data_or_path` is an array or tensor of numbers (height x width, or with 1 to 4 channels), a figure of Matplotlib,
    an image of PIL, another `Image`, or the path of a PNG, JPEG, GIF, WebP or BMP file. `mode`, such as "L",
    converts an image of PIL. Raises `UsageError` for anything else.
    """

    def __init__(
        self, data_or_path: Any, mode: str | None = None, caption: str | None = None, **wandb_only: Any
    ) -> None:
        check_wandb_only("Image", wandb_only, _WANDB_ONLY)
        self.caption = None if caption is None else storable_text(str(caption))
        self._content: bytes
        self.format: str
        if isinstance(data_or_path, Image):
            self.caption = self.caption or data_or_path.caption
            self._content, self.format = data_or_path._content, data_or_path.format
        elif isinstance(data_or_path, str | os.PathLike):
            self._content, self.format = _of_file(Path(data_or_path))
        else:
            self._content, self.format = _drawn(data_or_path, mode), "png"
        self.size = size_of(self._content)

    def logged(self, place: Place) -> dict[str, Any]:
        """Return what the history holds: the image's file, its size, its caption."""
        value = {"_type": "image-file", **place.file("images", self.format, self._content), "format": self.format}
        if self.size is not None:
            value["width"], value["height"] = self.size
        return value if self.caption is None else value | {"caption": self.caption}

    @classmethod
    def logged_together(cls, values: Sequence[Any], place: Place) -> dict[str, Any]:
        """Return what the history holds of a list of images."""
        if not all(isinstance(value, Image) for value in values):
            raise Unstorable("is a list of media of several types")
        logged = [value.logged(place) for value in values]
        width, height = values[0].size or (0, 0)
        together = {
            "_type": "images/separated",
            "width": width,
            "height": height,
            "format": values[0].format,
            "count": len(values),
            "filenames": [value["path"] for value in logged],
        }
        captions = [value.caption or "" for value in values]
        return together | {"captions": captions} if any(captions) else together


def _of_file(path: Path) -> tuple[bytes, str]:
    extension = path.suffix.lower().removeprefix(".")
    if extension not in _FORMATS:
        raise UsageError(f"an image is a file of type {', '.join(_FORMATS)}, not {path.name}")
    try:
        return path.read_bytes(), "jpg" if extension == "jpeg" else extension
    except OSError as error:
        raise UsageError(f"the image {path} cannot be read: {error}") from None


def _drawn(value: Any, mode: str | None) -> bytes:
    """Return as PNG what a figure or an image of PIL draws of itself, or what an array holds."""
    drawn = io.BytesIO()
    figure: Any = value if hasattr(value, "savefig") else getattr(value, "figure", None)
    if hasattr(figure, "savefig"):
        figure.savefig(drawn, format="png")
        return drawn.getvalue()
    if hasattr(value, "save") and hasattr(value, "mode") and hasattr(value, "convert"):
        wanted = mode or (value.mode if value.mode in _PNG_MODES else "RGB")
        (value if wanted == value.mode else value.convert(wanted)).save(drawn, format="PNG")
        return drawn.getvalue()
    return png(*pixels_of(value))
