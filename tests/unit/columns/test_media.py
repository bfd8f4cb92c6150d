import pytest

from sweeps_app.columns.media import without_media


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["loss", "sample._type", "sample.path", "sample.width", "accuracy"], ["loss", "accuracy"]),
        (["a.b._type", "a.b.path", "a.c", "a.bc.d"], ["a.c", "a.bc.d"]),
        (["sample.path", "sample_type"], ["sample.path", "sample_type"]),
        ([], []),
    ],
)
def test_the_parts_of_images_are_no_values_of_their_own(names, left):
    assert without_media(names) == left
