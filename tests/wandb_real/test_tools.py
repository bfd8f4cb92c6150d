"""What tries the client says what it finds: requests that are new, and what of them we lack."""

import pytest

from scripts.check_wandb import differences, documents, lacks
from tests.wandb_real.table import read_table, table

pytestmark = pytest.mark.serverless


def test_requests_are_found_in_source_and_in_a_program(tmp_path):
    (tmp_path / "api.py").write_text(
        'QUERY = """\nquery Viewer($a: Int) { viewer { id } }\n"""\nOTHER = "query of some kind"\n'
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "wandb-core").write_bytes(b"\0\x01\nmutation Teapot ($a: Int) {\n\tteapot { id }\n}\n\0\xff")
    found = documents(tmp_path)
    assert found["Viewer"].strip() == "query Viewer($a: Int) { viewer { id } }"
    assert found["Teapot"] == "mutation Teapot ($a: Int) {\n\tteapot { id }\n}"
    assert lacks(found["Viewer"]) == []
    (missing,) = lacks(found["Teapot"])
    assert missing.startswith("Cannot query field 'teapot'")


def test_what_has_changed_is_told_by_request_and_line():
    known = {"Gone": "query Gone { a }", "Same": "query Same {\n  a\n}", "Other": "query Other {\n a\n b\n}"}
    found = {"New": "query New { a }", "Same": "query Same {\n\ta\n}", "Other": "query Other {\n a\n c\n}"}
    assert list(differences(known, found)) == ["new: New", "gone: Gone", "changed: Other", "  - b", "  + c"]
    assert list(differences(known, known)) == []


def test_a_table_reads_back():
    columns = {"1.0": {"init": "yes"}, "2.0": {"init": "yes", "new": "no"}}
    page = f"text\n<!-- table: begin -->\n{table(columns)}<!-- table: end -->\n"
    assert "| new | not tried | no |" in page
    assert read_table(page) == columns
