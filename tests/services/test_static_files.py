"""Static files are collected when their sources change, and only then."""

import os

import pytest

from sweeps_app.services.static_files import static_files_collect


@pytest.fixture
def sources(settings, tmp_path):
    """Our own sources, few enough to be collected in no time."""
    folder = tmp_path / "sources"
    (folder / "js").mkdir(parents=True)
    (folder / "js" / "page.js").write_text('import "./part.js";\n')
    (folder / "js" / "part.js").write_text("export const part = 1;\n")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "sweeps_app.config.static_storage.HashedStaticFilesStorage"}
    }
    return folder


def _collected(settings, name):
    return sorted(path.name for path in (settings.STATIC_ROOT / "js").glob(f"{name}.????????????.js"))


def test_collecting_is_needed_once(sources, settings):
    assert static_files_collect()
    assert not static_files_collect()
    assert len(_collected(settings, "page")) == 1


def test_a_changed_part_gives_whatever_imports_it_a_new_name(sources, settings):
    static_files_collect()
    before = {name: _collected(settings, name) for name in ("page", "part")}
    (sources / "js" / "part.js").write_text("export const part = 2;\n")
    assert static_files_collect()
    after = {name: _collected(settings, name) for name in ("page", "part")}
    assert all(len(after[name]) == 1 and after[name] != before[name] for name in after)
    assert after["part"][0] in (settings.STATIC_ROOT / "js" / after["page"][0]).read_text()


@pytest.mark.parametrize("change", ["added", "removed", "touched"])
def test_any_change_of_the_sources_counts(sources, change):
    static_files_collect()
    if change == "added":
        (sources / "js" / "new.js").write_text("")
    elif change == "removed":
        (sources / "js" / "page.js").unlink()
    else:
        os.utime(sources / "js" / "part.js", (1, 1))
    assert static_files_collect()
    assert not static_files_collect()


def test_what_no_page_shows_is_left_out(sources, settings):
    for name in ("redoc/redoc.js", "js/swagger-ui-bundle.js.map"):
        (sources / name).parent.mkdir(exist_ok=True)
        (sources / name).write_text("x")
    static_files_collect()
    assert not (settings.STATIC_ROOT / "redoc").exists()
    assert [path.name for path in settings.STATIC_ROOT.rglob("*.map*")] == []
