"""A bundle does what its modules would."""

import pytest

from dashboard.scripts.bundle import bundle

pytestmark = pytest.mark.browser


def test_modules_run_once_in_their_order_and_late_ones_when_they_are_asked_for(browser, tmp_path):
    modules = {
        "main": 'import { add } from "./log.js";\nimport "./first.js";\nimport second from "./second.js";\n'
        'add(`main ${second()}`);\nwindow.late = () => import("./late.js").then(({ told: words }) => add(words));\n',
        "first": 'import { add } from "./log.js";\nadd("first");\n',
        "second": 'import { add as say } from "./log.js";\nsay("second");\nfunction second() {\n  return 2;\n}\n'
        "export default second;\n",
        "late": 'import { add } from "./log.js";\nadd("late");\nexport const told = "told";\n',
        "log": "window.log = [];\nexport function add(text) {\n  window.log.push(text);\n}\n",
    }
    for name, text in modules.items():
        (tmp_path / f"{name}.js").write_text(text)
    page = browser.new_page()
    page.evaluate(bundle(tmp_path / "main.js"))
    assert page.evaluate("window.log") == ["first", "second", "main 2"]
    page.evaluate("window.late().then(window.late)")
    assert page.evaluate("window.log") == ["first", "second", "main 2", "late", "told", "told"]
    page.close()
