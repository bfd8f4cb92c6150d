"""Modules become one script, or an error that says why not."""

import os
import re
import time
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from dashboard.report.assets import assets
from dashboard.scripts.bundle import BundleError, bundle
from dashboard.scripts.finder import BUNDLES, BundleFinder


def _written(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


def test_each_module_comes_once_before_those_that_import_it(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.js").write_text(
        'import { b as other } from "../b.js"; // said why\nexport const c = other;\n'
    )
    entry = _written(
        tmp_path,
        main='import "./a.js";\nimport {\n  b,\n} from "./b.js";\nimport { c } from "./deep/c.js";\nb(c);\n',
        a='import { b } from "./b.js";\nb();\n',
        b="export async function b() {}\nexport class B {}\nfunction hidden() {}\n",
    )
    script = bundle(entry)
    assert script.count("async function b()") == 1
    assert "return { b, B };" in script
    assert "const { b: other } = module0();" in script
    assert "import" not in script
    assert "export" not in script


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"main": 'import { a } from "./a.js";', "a": 'import "./main.js";'}, "main.js imports a.js imports main.js"),
        ({"main": 'import { a } from "./gone.js";'}, "gone.js, which does not exist"),
        ({"main": 'import * as a from "./a.js";', "a": ""}, 'cannot bundle `import * as a from "./a.js";`'),
        ({"main": "export default 1;"}, "cannot bundle `export default 1;"),
        ({"main": "export let changing = 1;"}, "cannot bundle `export let changing"),
        ({"main": "const late = import(`./a.js`);"}, "cannot bundle `import("),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, modules, said):
    with pytest.raises(BundleError, match=re.escape(said)):
        bundle(_written(tmp_path, **modules))


def test_the_assets_load_nothing_and_the_policy_names_them_alone():
    found = assets()
    assert "url(" in found.styles
    assert "url(" not in found.styles.replace('url("data:', "")
    assert found.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in found.policy
    assert "http" not in found.policy
    assert all(script.startswith("<script>") and script.count("</script") == 1 for script in found.scripts)


@pytest.fixture
def modules(settings, tmp_path):
    """Two modules in the place of the pages' own."""
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "js").mkdir()
    finders.get_finder.cache_clear()
    yield {name: _module(tmp_path / "js" / f"{name}.js", text) for name, text in MODULES.items()}
    finders.get_finder.cache_clear()


MODULES = {"main": 'import "./part.js";\n', "part": "export const part = 1;\n"}


def _module(path, text, age=60):
    path.write_text(text)
    changed = time.time() - age
    os.utime(path, (changed, changed))
    return path


def test_a_bundle_is_found_like_a_file(modules):
    (name,) = BUNDLES
    found = Path(finders.find(name))
    assert "const part = 1" in found.read_text()
    assert finders.find(name, find_all=True) == [str(found)]
    assert finders.find("js/other.bundle.js") is None
    assert found.stat().st_mtime_ns == max(path.stat().st_mtime_ns for path in modules.values())


def test_a_bundle_is_made_anew_when_a_part_of_it_changes(modules):
    (name,) = BUNDLES
    found = Path(finders.find(name))
    found.write_text("as it was")
    os.utime(found, ns=(0, modules["part"].stat().st_mtime_ns))
    os.utime(modules["main"], ns=(0, 0))
    assert Path(finders.find(name)).read_text() == "as it was"
    _module(modules["part"], "export const part = 2;\n", age=30)
    assert "const part = 2" in Path(finders.find(name)).read_text()


def test_there_is_no_bundle_without_its_modules(modules):
    listed = [name for name, _ in BundleFinder().list(None)]
    assert listed == list(BUNDLES)
    modules["main"].unlink()
    assert list(BundleFinder().list(None)) == []
    assert finders.find(listed[0]) is None
