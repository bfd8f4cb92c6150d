"""Modules become one script, or an error that says why not."""

import pytest

from dashboard.report.assets import assets
from dashboard.scripts.bundle import BundleError, bundle


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
    assert "const { b: other } = module0;" in script
    assert script.index("async function b()") < script.index("b();\n") < script.index("b(c);")
    assert "import" not in script
    assert "export" not in script


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"main": 'import { a } from "./a.js";', "a": 'import "./main.js";'}, "main.js imports a.js imports main.js"),
        ({"main": 'import { a } from "./gone.js";'}, "gone.js, which does not exist"),
        ({"main": 'import a from "./a.js";', "a": ""}, 'cannot bundle `import a from "./a.js";`'),
        ({"main": "export let changing = 1;"}, "cannot bundle `export let changing"),
        ({"main": 'const late = import("./a.js");'}, "cannot bundle `import("),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, modules, said):
    with pytest.raises(BundleError, match=said.replace("(", r"\(").replace(".", r"\.")):
        bundle(_written(tmp_path, **modules))


def test_the_assets_load_nothing_and_the_policy_names_them_alone():
    found = assets()
    assert "url(" in found.styles
    assert "url(" not in found.styles.replace('url("data:', "")
    assert found.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in found.policy
    assert "http" not in found.policy
    assert all(script.startswith("<script>") and script.count("</script") == 1 for script in found.scripts)
