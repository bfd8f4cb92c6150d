import json
import struct

import numpy as np
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sweeps_app.columns import CodecError, decode, encode, parse_rows, to_rows
from sweeps_app.columns.codec import MAX_DIRECTORY, unpacked_size
from tests.unit.columns.rows import as_stored, batches, same

CHUNK = encode(parse_rows([{"loss": 1 / (i + 1), "n": i, "t": "x" * i} for i in range(50)], first_row=7))


@given(batches(), st.sets(st.sampled_from(["a", "b", "n.x", "none"])))
def test_only_the_metrics_that_are_asked_for_are_read(rows, wanted):
    read = to_rows(decode(encode(parse_rows(rows)), wanted))
    expected = [{k: v for k, v in row.items() if k in wanted or k == "_step"} for row in as_stored(rows)]
    assert same(read, expected)


def test_the_first_row_and_an_empty_batch_survive():
    assert decode(CHUNK).first_row == 7
    assert len(decode(CHUNK)) == 50
    empty = decode(encode(parse_rows([], first_row=3)))
    assert (empty.first_row, len(empty), empty.metrics) == (3, 0, {})


def test_the_same_rows_give_the_same_bytes():
    rows = [{"loss": 0.5, "n": i} for i in range(20)]
    assert encode(parse_rows(rows)) == encode(parse_rows(rows))


def test_smooth_curves_counters_and_clocks_compress():
    rows = [{"loss": 1 / (i + 1), "epoch": i // 10, "_timestamp": 1.7e9 + i * 0.25} for i in range(5_000)]
    assert len(encode(parse_rows(rows))) < 0.5 * 8 * 4 * len(rows)


@settings(max_examples=300)
@given(st.integers(0, len(CHUNK) - 1), st.integers(1, 255))
@example(13, 4)  # a bit that zstd's format leaves unused
@example(481, 0x96)  # a section that claims to be larger than the memory
def test_a_changed_byte_is_noticed_or_changes_nothing(position, change):
    damaged = bytearray(CHUNK)
    damaged[position] ^= change
    try:
        read = to_rows(decode(bytes(damaged)))
    except CodecError:
        return
    assert read == to_rows(decode(CHUNK))


@given(st.integers(0, len(CHUNK) - 1))
def test_a_cut_chunk_is_noticed(length):
    with pytest.raises(CodecError):
        decode(CHUNK[:length])


def test_bytes_after_the_end_are_noticed():
    with pytest.raises(CodecError, match="its length is wrong"):
        decode(CHUNK + b"\x00")


def test_another_version_is_refused_by_name():
    with pytest.raises(CodecError, match="version 1"):
        decode(CHUNK[:4] + b"\x02" + CHUNK[5:])


@pytest.mark.parametrize(
    "lie",
    [
        {"rows": 49},
        {"rows": 10**13},
        {"steps": 1},
        {"columns": [["loss", "f", 49, 0, 0, 1]]},
        {"columns": [["loss", "?", 50, 0, 0, 1]]},
        {"columns": [["loss", "f", 50, 0, 0, 9]]},
        {"columns": [["loss"]]},
        {"columns": None},
    ],
)
def test_a_directory_that_lies_is_noticed(lie):
    length = struct.unpack_from("<I", CHUNK, 5)[0]
    directory = json.loads(zstandard.ZstdDecompressor().decompress(CHUNK[9 : 9 + length])) | lie
    packed = zstandard.ZstdCompressor(write_checksum=True).compress(json.dumps(directory).encode())
    with pytest.raises(CodecError):
        decode(CHUNK[:5] + struct.pack("<I", len(packed)) + packed + CHUNK[9 + length :])


@pytest.mark.parametrize("rows", [[], [{"a": 1, "b": "x" * 100}, {"a": 0.5}], [{"a": None}] * 9])
def test_the_size_of_what_is_packed_is_known_without_unpacking_it(rows):
    chunk = encode(parse_rows(rows))
    packed = zstandard.ZstdDecompressor().decompress(chunk[9:])
    directory, total = json.loads(packed), len(packed)
    sections = chunk[9 + struct.unpack_from("<I", chunk, 5)[0] :]
    for length in [directory["steps"], *(n for entry in directory["columns"] for n in entry[3:5] if n)]:
        total += len(zstandard.ZstdDecompressor().decompress(sections[:length]))
        sections = sections[length:]
    assert (unpacked_size(chunk), sections) == (total, b"")


@pytest.mark.parametrize("damaged", [b"", CHUNK[:20], CHUNK[:5] + CHUNK[9:]])
def test_what_is_no_chunk_has_no_size(damaged):
    with pytest.raises(CodecError):
        unpacked_size(damaged)


def test_a_directory_of_more_than_any_chunk_has_is_refused_unread():
    packed = zstandard.ZstdCompressor().compress(b" " * (MAX_DIRECTORY + 1))
    for read in (decode, unpacked_size):
        with pytest.raises(CodecError, match="a section's length"):
            read(CHUNK[:5] + struct.pack("<I", len(packed)) + packed)


def test_the_format_stays_readable():
    """Bytes that an earlier server has written; a change of the format needs a new version number beside this one."""
    stored = bytes.fromhex(GOLDEN)
    assert to_rows(decode(stored)) == [
        {"_step": 0, "loss": 0.5, "n": 1, "tag": "a"},
        {"_step": 1, "loss": 0.25, "n": 2.5},
        {"_step": 5, "n": 3, "tag": None},
    ]
    assert decode(stored).metrics["loss"].values.dtype == np.float64


GOLDEN = (
    "53574843016900000028b52ffd246fe50200d2c5131a704bd301b25f532aa2755cddffbffbffcd2e51dc0ef0acfa3f840f84"
    "4c4f714714d6c06a7a5df9145905d600a0d6917b664a3e074f65d14892e19ee1c938acbc87e792d435f8921461a54a203b02"
    "03004c1163734a397066992c0d5f28b52ffd241855000020000104000100342002639f73c028b52ffd240109000003b64b1f"
    "bc28b52ffd2410650000300000e0f03fff01001bc0022ec53bbb28b52ffd24197d0000480000f014043f000005010008c002"
    "a5a1a14828b52ffd2401090000050f97401328b52ffd240a5100005b2261222c6e756c6c5d17fa0533"
)
