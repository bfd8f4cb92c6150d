"""Find the records in bytes of a segment."""

from collections.abc import Iterator
from zlib import crc32

from sweepdeck._spool.blocks import Numbers
from sweepdeck._spool.records import HEAD, NUMBERS, split
from sweepdeck._spool.shapes import Shape

_FIRST_LOOK, _LONGEST_LOOK = 16, 8_192


def scan(data: bytes, shapes: dict[int, Shape], *, is_checked: bool) -> Iterator[tuple[int, bytes | Numbers, int]]:
    """Yield kind, content and end of each whole record; rows of one shape that lie together come as one.

    `shapes` has the shapes by tag, and is looked into for every row, so that the caller may add to it meanwhile. What
    is torn, or (`is_checked`) has another checksum than it should, ends the records; so does a shape nobody knows.
    """
    whole = len(data) // 8 * 8
    words = memoryview(data)[:whole].cast("Q")
    tags = memoryview(data)[:whole].cast("I")
    position = 0
    while position + HEAD.size <= whole:
        tag, checksum = HEAD.unpack_from(data, position)
        kind, length = split(tag)
        if kind == NUMBERS:
            shape = shapes.get(tag)
            count = 0 if shape is None else _alike(tags, position // 4, tag, shape.size // 4)
            if shape is not None and is_checked:
                count = _sound(data, position, shape, count)
            if shape is None or not count:
                return
            yield kind, Numbers(shape, words, position, count), position + count * shape.size
            position += count * shape.size
            continue
        end = position + HEAD.size + length
        if not kind or end > whole or length % 8:
            return
        body = data[position + HEAD.size : end]
        if is_checked and crc32(body, tag) != checksum:
            return
        yield kind, body, end
        position = end


def whole_length(data: bytes, shapes: dict[int, Shape]) -> int:
    """Return how long the first record is, 0 where that cannot be told."""
    if len(data) < HEAD.size:
        return 0
    tag, _ = HEAD.unpack_from(data)
    kind, length = split(tag)
    if kind == NUMBERS:
        return shapes[tag].size if tag in shapes else 0
    return HEAD.size + length if kind else 0


def _alike(tags: memoryview, first: int, tag: int, stride: int) -> int:
    """Return how many whole records of this tag follow one another, looking ever further ahead."""
    most = (len(tags) - first) // stride
    count, look = 0, _FIRST_LOOK
    while count < most:
        begin = first + count * stride
        seen = tags[begin : begin + min(look, most - count) * stride : stride].tolist()
        if (alike := seen.count(tag)) == len(seen):
            count += alike
            look = min(look * 4, _LONGEST_LOOK)
            continue
        return count + next(index for index, other in enumerate(seen) if other != tag)
    return count


def _sound(data: bytes, position: int, shape: Shape, count: int) -> int:
    """Return how many of the records have the checksum that they should."""
    size = shape.size
    for index in range(count):
        begin = position + index * size
        if crc32(data[begin + HEAD.size : begin + size], shape.tag) != HEAD.unpack_from(data, begin)[1]:
            return index
    return count
