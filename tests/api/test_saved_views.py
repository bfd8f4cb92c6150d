"""Saved views by REST."""

from tests.api.client import problems
from tests.factories import make_sweep


def test_views_are_put_listed_and_deleted(api, user):
    sweep = make_sweep(user)
    for path in (f"/sweeps/{sweep.sweep_id}/views", "/projects/ada/demo/views"):
        body = {"settings": {"query": "config.lr < 1", "columns": "name,summary.loss"}, "is_default": True}
        first = api.send("PUT", f"{path}/mine", body)
        assert (first.status_code, api.send("PUT", f"{path}/mine", body).status_code) == (201, 200)
        assert first.json()["settings"] == body["settings"]
        (view,) = api.get(path).json()
        assert (view["name"], view["is_default"], view["created_by"]) == ("mine", True, "ada")
        refused = api.send("PUT", f"{path}/mine", {"settings": {"qery": "lr < 1"}})
        assert problems(refused) == [("settings.qery", "unknown_field")]
        assert problems(api.send("PUT", f"{path}/mine", {"settings": {"query": "lr <"}})) == [("query", "invalid")]
        assert api.send("DELETE", f"{path}/mine").status_code == 204
        assert api.send("DELETE", f"{path}/mine").status_code == 204
        assert api.get(path).json() == []
