"""Views of a table that are kept under a name."""

import re

from sweeps_app.models import SavedView


def _save(page, path, **form):
    return page.post(f"{path}/table/views", form, headers={"Accept": "application/json"})


def _heads(html):
    return re.findall(r'data-key="([^"]+)"', html)


def test_a_view_is_saved_listed_shown_and_deleted(page, world):
    address = "?query=lr<1&columns=name,summary.loss&sort=-objective&size=25&page=3"
    assert (
        _save(page, world.sweep_path, name="good ones", address=address).json()["message"].startswith("The view good")
    )
    html = page.get(world.sweep_path).content.decode()
    assert "good ones" in html
    url = "?query=lr%3C1&amp;sort=-objective&amp;columns=name,summary.loss&amp;size=25#runs"
    assert f'href="{url}">good ones' in html
    shown = page.get(f"{world.sweep_path}{url.replace('amp;', '').removesuffix('#runs')}").content.decode()
    assert re.search(r"<svg[^<]*<use[^<]*</use></svg> good ones<svg", shown)
    page.post(f"{world.sweep_path}/table/views/delete", {"name": "good ones"})
    assert SavedView.objects.count() == 0


def test_a_default_is_shown_where_the_address_asks_for_no_view(page, world):
    for path in (world.sweep_path, world.project_path):
        _save(page, path, name="first", address="?columns=name,state&sort=name", is_default="on")
        html = page.get(path).content.decode()
        assert _heads(html) == ["name", "state"]
        assert "?sort=-name&amp;columns=name,state#runs" in html
        assert _heads(page.get(f"{path}?page=1").content.decode()) == ["name", "state"]
        assert len(_heads(page.get(f"{path}?view=all").content.decode())) > 4
        assert len(_heads(page.get(f"{path}?query=run").content.decode())) > 4


def test_a_view_of_charts_alone_is_none_of_the_default_table(page, world):
    _save(page, world.sweep_path, name="first", address="?sort=name&scatter.x=runtime", is_default="on")
    _save(page, world.sweep_path, name="charts", address="?scatter.x=order&page=2")
    html = page.get(f"{world.sweep_path}?scatter.y=runtime").content.decode()  # is chosen within the default view
    assert 'data-default="sort=name&amp;scatter.x=runtime"' in html
    assert "scatter.x=runtime&amp;scatter.y=runtime" in html
    assert 'href="?scatter.x=order&amp;view=all#runs">charts' in html
    html = page.get(f"{world.sweep_path}?scatter.x=order&view=all").content.decode()
    assert 'data-default=""' in html
    assert "sort=name" not in re.search(r'data-address="([^"]*)"', html)[1]


def test_importance_of_the_default_view_can_be_left(page, world):
    _save(page, world.sweep_path, name="first", address="?target=epoch&parameter=lr", is_default="on")
    html = page.get(world.sweep_path).content.decode()
    assert "importance.json?target=epoch&amp;parameter=lr" in html
    form = html[html.index('id="dependence-panel"') :]
    assert '<input type="hidden" name="view" value="all">' in form[: form.index("</form>")]


def test_how_curves_are_drawn_is_part_of_a_view(page, world):
    address = "?curve.metric=epoch&curve.smooth=ema&curve.amount=90&curve.logy=1&curve.zone=UTC"
    _save(page, world.sweep_path, name="first", address=address, is_default="on")
    kept = {"curve.metric": "epoch", "curve.smooth": "ema", "curve.amount": "90", "curve.logy": "1"}
    assert SavedView.objects.get().settings == kept
    now = page.get(world.sweep_path).context["curves"].now
    assert (now["metric"], now["smooth"], now["amount"], now["logy"]) == ("epoch", "ema", "90", "1")
    now = page.get(f"{world.sweep_path}?curve.smooth=&curve.metric=").context["curves"].now  # chosen within the view
    assert (now["metric"], now["smooth"], now["logy"]) == ("loss", "", "1")
    assert "smooth" not in page.get(f"{world.sweep_path}?view=all").context["curves"].now
    SavedView.objects.update(settings={"curve.smooth": "nonsense"})  # as an archive may bring it
    assert page.get(world.sweep_path).status_code == 200


def test_what_cannot_be_saved_is_said(page, stranger, world):
    assert _save(page, world.sweep_path, name="x", address="?query=<").status_code == 400
    assert _save(page, world.sweep_path, name="", address="?").status_code == 400
    assert _save(stranger, world.sweep_path, name="x", address="?").status_code == 404
