"""Values that are kept while there is room."""

from sweeps_app.selectors.kept import Kept


def made(found, key, value):
    """Return what is kept for a key, and whether it had to be made."""
    calls = []
    kept = found.get(key, lambda: calls.append(key) or value)
    return kept, bool(calls)


def test_a_value_is_made_once():
    found = Kept(100, len)
    assert made(found, "a", "one") == ("one", True)
    assert made(found, "a", "two") == ("one", False)


def test_what_was_used_longest_ago_goes_first():
    found = Kept(10, len)
    for key in "abc":
        made(found, key, "1234" if key < "c" else "12")
    made(found, "a", "")
    made(found, "d", "1234")
    assert made(found, "a", "") == ("1234", False)
    assert made(found, "b", "new") == ("new", True)


def test_what_has_no_room_is_not_kept():
    found = Kept(10, len)
    assert made(found, "a", "x" * 11) == ("x" * 11, True)
    assert made(found, "a", "x" * 11)[1]
    assert made(found, "b", "x" * 10)[1]
    assert not made(found, "b", "")[1]
