"""What the Content-Security-Policy forbids must not be in a page, and what pages ask for must be there."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_template_has_inline_script_or_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_static_file_that_a_template_names_exists(path):
    for name in re.findall(r"""\{% static ["']([^"']+)["']""", path.read_text()):
        assert finders.find(name), name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_scripts_load_nothing_from_elsewhere_and_import_what_exists(path):
    text = path.read_text()
    assert not re.search(r"""["'`](?:https?:)?//(?!www\.w3\.org/)""", text)
    assert not re.search(r"\beval\(|new Function|setAttribute\(\s*[\"']style", text)
    for name in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", text):
        assert (path.parent / name).is_file(), name


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_styles_load_nothing_from_elsewhere(path):
    text = path.read_text()
    assert "@import" not in text
    for name in re.findall(r"""url\(["']?([^"')]+)""", text):
        assert (path.parent / name).is_file(), name


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_no_style_of_what_holds_charts_depends_on_what_is_in_it(path):
    """A browser would look again at all that the rule can style whenever an element is added: charts add thousands."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    of_holders = r"(?:html|:root|body|main|\.stack|\.columns|\.group|\.panel|\.chart|\.plot)\b[^\s,>+~{]*:has\("
    assert not re.search(of_holders, text)


def test_colours_stand_in_the_tokens_alone():
    for path in STYLES:
        if path.name == "tokens.css":
            continue
        lines = [line for line in path.read_text().splitlines() if re.search(r"#[0-9a-f]{3,8}\b", line)]
        assert not [line for line in lines if "var(--" not in line and "--pc-" not in line], path.name
