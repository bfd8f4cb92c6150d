"""The file around an archive: a zip of stored members, lines of JSON or frames, with a manifest that counts them."""

import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any

from sweeps_app.errors import InvalidInput

FORMAT = "sweepdeck-archive"
VERSION = 2
MANIFEST = "manifest.json"
MAX_MANIFEST = 2**20
# A line or the header of a frame; and the bytes of a frame that is read whole.
MAX_RECORD = 2**25
MAX_DATA = 2**28
PIECE = 2**18
_FRAME = struct.Struct("<IQ")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DECODER = json.JSONDecoder(parse_constant=lambda name: _refuse_constant(name))

Record = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """A member as the manifest counts it; `sha256` is in hexadecimal digits."""

    name: str
    records: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Framed:
    """A record with bytes, of which there are `size`, in pieces."""

    record: Record
    size: int
    pieces: Iterable[bytes]


class ArchiveWriter:
    """Makes an archive piece by piece: what is written is handed out by `take`, so that no file is needed."""

    def __init__(self, facts: Record) -> None:
        self._facts = facts
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]
        self._members: list[Member] = []

    def lines(self, name: str, records: Iterable[Record]) -> Iterator[bytes]:
        """Write a member of JSON lines, and yield pieces of the file."""
        yield from self._write(name, ((packed(record) + b"\n",) for record in records))

    def frames(self, name: str, frames: Iterable[Framed]) -> Iterator[bytes]:
        """Write a member of frames, and yield pieces of the file."""
        yield from self._write(name, (_frame(frame) for frame in frames))

    def end(self) -> Iterator[bytes]:
        """Write the manifest and the directory, and yield the last pieces of the file."""
        manifest = {"format": FORMAT, "version": VERSION} | self._facts
        manifest["members"] = [asdict(member) for member in self._members]
        with self._zip.open(_info(MANIFEST), "w") as stream:
            stream.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
        self._zip.close()
        yield self._sink.take()

    def _write(self, name: str, records: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
        count = size = 0
        digest = hashlib.sha256()
        with self._zip.open(_info(name), "w", force_zip64=True) as stream:
            for pieces in records:
                count += 1
                for piece in pieces:
                    stream.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    if self._sink.size >= PIECE:
                        yield self._sink.take()
        self._members.append(Member(name, count, size, digest.hexdigest()))


class ArchiveReader:
    """Reads an archive; raises `InvalidInput` that says what is wrong with a file that is none, or damaged.

    Members are stored as they are, so that nothing in the file can swell, and none is ever written to a path. `names`
    are the members of each version of the format that can be read.
    """

    def __init__(self, file: IO[bytes], names: Mapping[int, Iterable[str]]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise _refused(f"is no archive of a project, or was cut off: {error}") from None
        self.manifest = self._read_manifest()
        self.version = self._checked_version(names)
        self.members = self._checked_members(set(names[self.version]))

    def verify(self) -> None:
        """Compare every byte with the manifest, before anything is believed."""
        for member in self.members.values():
            digest = hashlib.sha256()
            with self._open(member.name) as stream:
                while piece := _read(stream, PIECE):
                    digest.update(piece)
            if digest.hexdigest() != member.sha256:
                raise _refused(f"is damaged: {member.name} has another SHA-256 than its manifest says")

    def lines(self, name: str) -> Iterator[tuple[Record, int]]:
        """Yield the records of a member of JSON lines, and how many bytes each has there."""
        with self._open(name) as stream:
            for number in range(self.members[name].records):
                line = stream.readline(MAX_RECORD)
                if not line.endswith(b"\n"):
                    raise _refused(f"has a record that is cut off or too long: {name}, record {number}")
                yield _parsed(line, f"{name}, record {number}"), len(line)

    def frames(self, name: str) -> Iterator[tuple[Record, int, IO[bytes]]]:
        """Yield of each frame its record, the number of its bytes, and where they are read: all of them, at once."""
        with self._open(name) as stream:
            for number in range(self.members[name].records):
                place = f"{name}, record {number}"
                length, size = _FRAME.unpack(read_exactly(stream, _FRAME.size, place))
                if length > MAX_RECORD:
                    raise _refused(f"has a record that is too long: {place}")
                yield _parsed(read_exactly(stream, length, place), place), size, stream

    def _read_manifest(self) -> Record:
        try:
            info = self._zip.getinfo(MANIFEST)
        except KeyError:
            raise _refused(f"is no archive of a project: it has no {MANIFEST}") from None
        if info.file_size > MAX_MANIFEST:
            raise _refused(f"has a {MANIFEST} of more than a megabyte")
        with self._open(MANIFEST) as stream:
            manifest = _parsed(_read(stream, MAX_MANIFEST), MANIFEST)
        if manifest.get("format") != FORMAT:
            raise _refused(f"is no archive of a project: its format is {manifest.get('format')!r}")
        return manifest

    def _checked_version(self, known: Iterable[int]) -> int:
        version = self.manifest.get("version")
        if type(version) is not int or version not in known:
            readable = " and ".join(map(str, known))
            raise _refused(f"has version {version!r} of the format, this server reads {readable}")
        return version

    def _checked_members(self, names: set[str]) -> dict[str, Member]:
        try:
            members = {entry["name"]: Member(**entry) for entry in self.manifest["members"]}
            told = {name: member.bytes for name, member in members.items()}
        except (KeyError, TypeError):
            raise _refused(f"is damaged: {MANIFEST} does not list its members") from None
        there = {info.filename: info.file_size for info in self._zip.infolist()}
        if len(there) < len(self._zip.infolist()) or set(there) != {*told, MANIFEST} or set(told) != names:
            odd = sorted(set(there) ^ {*names, MANIFEST} | set(told) ^ names)
            raise _refused(
                f"has other members than an archive of version {self.version}: {', '.join(odd[:5]) or 'twice'}"
            )
        wrong = [name for name, size in told.items() if there[name] != size]
        if wrong or any(type(member.records) is not int or member.records < 0 for member in members.values()):
            raise _refused(f"is damaged: {wrong[0] if wrong else MANIFEST} has another size than its manifest says")
        return members

    def _open(self, name: str) -> IO[bytes]:
        info = self._zip.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 0x1:
            raise _refused(f"holds {name} compressed or encrypted: its members are stored as they are")
        try:
            return self._zip.open(info)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise _refused(f"is damaged: {name} cannot be read: {error}") from None


def packed(record: Record) -> bytes:
    """Return a record as JSON in UTF-8, the same bytes for the same values whichever database they come from."""
    text = json.dumps(_plain(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def read_exactly(stream: IO[bytes], size: int, place: str) -> bytes:
    """Return the next `size` bytes; raises `InvalidInput` where there are fewer."""
    data = _read(stream, size)
    if len(data) != size:
        raise _refused(f"is damaged: {place} is cut off")
    return data


def _read(stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.read(size)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise _refused(f"is damaged: {error}") from None


def _frame(frame: Framed) -> Iterator[bytes]:
    record = packed(frame.record)
    yield _FRAME.pack(len(record), frame.size) + record
    yield from frame.pieces


def _plain(value: Any) -> Any:
    """Return a value with large whole floats as integers: PostgreSQL's `jsonb` does not tell them apart."""
    if isinstance(value, float) and abs(value) >= 1e16:
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _parsed(text: bytes, place: str) -> Record:
    try:
        found = _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise _refused(f"is damaged: {place} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise _refused(f"is damaged: {place} is no object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _refused(message: str) -> InvalidInput:
    return InvalidInput.of("archive", message)


def _info(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _EPOCH)


class _Sink:
    """A file that cannot seek, of which one takes what has been written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written waits to be taken."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken
