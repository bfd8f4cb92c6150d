import re
from datetime import timedelta

from dashboard.formatting import NOTHING
from sweeps_app.models import Run
from tests.dashboard.world import add_runs
from tests.factories import make_sweep


def _names(html):
    table = html[html.index('id="runs-table"') :]
    return re.findall(r'href="[^"]*/runs/[^"]*">(run-\d+)</a>', table)


def _get(page, path, query=""):
    return page.get(f"{path}?{query}").content.decode()


def test_the_newest_runs_come_first(page, world):
    assert _names(_get(page, world.sweep_path))[:2] == ["run-0007", "run-0006"]


def test_a_column_sorts_and_says_how(page, world):
    html = _get(page, world.sweep_path, "sort=objective")
    assert _names(html)[0] == "run-0007"
    assert re.search(r'aria-sort="ascending" data-key="summary.loss"><a [^>]*href="\?sort=-objective#runs"', html)
    assert _names(_get(page, world.sweep_path, "sort=-objective"))[:2] == ["run-0000", "run-0002"]
    assert html.count('aria-sort="ascending"') == 1


def test_sorting_keeps_the_filter_and_goes_back_to_the_first_page(page, world):
    html = _get(page, world.sweep_path, "state=finished&page=1&sort=name")
    assert 'href="?state=finished&amp;sort=-name#runs"' in html


def test_states_and_texts_filter(page, world):
    assert _names(_get(page, world.sweep_path, "state=failed")) == ["run-0001"]
    html = _get(page, world.sweep_path, "text=RUN-0003")
    assert _names(html) == ["run-0003"]
    assert "1 of 8" in html


def test_a_filter_that_matches_nothing_offers_the_way_back(page, world):
    html = _get(page, world.sweep_path, "text=nothing&sort=name")
    assert "No run matches this filter" in html
    assert 'href="?sort=name#runs"' in html


def test_pages_are_cut_by_the_database(page, world):
    add_runs(world.sweep, 60)
    html = _get(page, world.sweep_path, "size=25&page=3&sort=name")
    assert _names(html)[0] == "run-0050"
    assert "51\N{EN DASH}68 of 68" in html
    assert _names(_get(page, world.sweep_path, "size=25&page=99&sort=name")) == _names(html)


def test_metric_and_parameters_are_columns_and_the_best_run_is_marked(page, world):
    html = _get(page, world.sweep_path)
    heads = re.findall(r'title="Sort by ([^"]+)"', html)
    assert heads == ["Run", "State", "loss", "epoch", "lr", "optimizer", "epochs", "Runtime", "Created"]
    assert html.count("best run</span>") == 1


def test_parameters_whose_names_hold_dots_are_found_and_sorted_by(page, world):
    config = {
        "method": "random",
        "metric": {"name": "loss"},
        "parameters": {"opt.lr": {"min": 0.0, "max": 1.0}, "deep": {"parameters": {"x": {"min": 0.0, "max": 1.0}}}},
    }
    sweep = make_sweep(world.owner, config)
    runs = add_runs(sweep, 5)
    Run.objects.filter(pk=runs[3].pk).update(config={"opt.lr": 7.5, "deep": {"x": 0.25}})
    html = _get(page, f"{world.project_path}/sweeps/{sweep.sweep_id}", "sort=-config.opt.lr")
    assert _names(html)[0] == "run-0003"
    assert ">7.5</td>" in html
    assert ">0.25</td>" in html


def test_a_project_shows_the_columns_that_its_runs_have(page, world):
    Run.objects.filter(pk=world.alone.pk).update(config={"seed": 7}, summary={"_runtime": 3, "score": 0.5})
    html = _get(page, world.project_path, "text=alone")
    heads = re.findall(r'title="Sort by ([^"]+)"', html)
    assert heads == ["Run", "State", "Sweep", "score", "seed", "Runtime", "Created"]
    assert ">0.5000</td>" in html


def test_images_are_no_columns_of_text(page, world):
    image = {"sample._type": "image-file", "sample.path": "media/a.png", "sample.width": 28}
    Run.objects.filter(pk=world.alone.pk).update(summary={"score": 0.5} | image)
    html = _get(page, world.project_path, "text=alone")
    assert 'title="Sort by score"' in html
    assert "sample" not in html[html.index('id="runs-table"') : html.index("</table>")]
    assert ">media/a.png</td>" in _get(page, world.project_path, "text=alone&columns=name,summary.sample.path")


def test_numbers_that_are_not_finite_stand_with_the_others_and_empty_text_is_seen(page, world):
    Run.objects.filter(pk=world.alone.pk).update(summary={"score": "NaN", "note": ""})
    html = _get(page, world.project_path, "text=alone")
    assert re.search('<td class="(group )?number">NaN</td>', html)  # the first of a group has a line before it
    assert ">&quot;&quot;</td>" in html


def test_a_dash_stands_where_the_values_of_its_column_do(page, world):
    Run.objects.filter(pk=world.runs[3].pk).update(config={"epochs": 30}, summary={"loss": 0.5})
    html = _get(page, world.sweep_path)
    rows = {name: row for row in html.split("<tr id=") for name in re.findall(r">(run-\d+)</a>", row)}
    cells = re.findall(rf'<td class="([^"]*)"[^>]*>{NOTHING}</td>', rows["run-0003"])
    assert [cell.split() for cell in cells] == [["absent", "number"], ["group", "absent", "number"], ["absent"]]


def test_what_a_client_wrote_is_never_markup(page, world):
    evil = '<img src=x onerror="alert(1)">'
    Run.objects.update(
        name=evil, config={evil: evil}, summary={evil: evil}, host=evil, error=evil, notes=evil, tags=[evil]
    )
    for path in (world.project_path, world.sweep_path, world.run_path, f"{world.sweep_path}/objective.html"):
        html = page.get(path).content.decode()
        assert "<img" not in html


def test_a_view_chooses_orders_and_pins_columns(page, world):
    html = _get(page, world.sweep_path, "columns=state,min.loss,config.lr,name,best.loss&pinned=config.lr,name")
    assert re.findall(r'data-key="([^"]+)"', html) == ["config.lr", "name", "state", "min.loss", "best.loss"]
    assert len(re.findall(r'<th scope="col" class="pinned [^"]*" [^>]*data-key', html)) == 2
    assert "columns=state,min.loss,config.lr,name,best.loss&amp;pinned=config.lr,name&amp;sort=min.loss#runs" in html
    assert page.get(f"{world.sweep_path}?columns=what").status_code == 400


def test_a_second_key_is_added_or_turned(page, world):
    html = _get(page, world.sweep_path, "sort=config.optimizer,-config.lr")
    assert html.count("<small>1</small>") == html.count("<small>2</small>") == 1
    assert 'data-also="?sort=config.optimizer,-config.lr,objective#runs"' in html
    assert 'data-also="?sort=-config.optimizer,-config.lr#runs"' in html


def test_a_query_filters(page, world):
    html = _get(page, world.sweep_path, "query=loss <= 0.25 and state = finished&sort=name")
    assert _names(html) == ["run-0006", "run-0007"]
    assert 'value="loss &lt;= 0.25 and state = finished"' in html


def test_a_query_that_cannot_be_read_says_where_and_leaves_the_page_alone(page, world):
    answer = page.get(f"{world.sweep_path}?query=loss <")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "column 7: the query ends here" in html
    assert "Show all 8 runs" in html
    assert "did you mean summary.loss?" in _get(page, world.sweep_path, "query=summary.los < 3")


def test_a_column_of_any_kind_has_its_cells(page, world):
    Run.objects.filter(pk=world.runs[3].pk).update(
        tags=["odd", "even"], config={"lr": {"a": 1}, "x": None}, notes="n" * 90
    )
    html = _get(
        page, world.sweep_path, "query=run-0003&columns=name,tags,config.lr,notes,runtime,host,hidden,sweep,max.loss"
    )
    assert '<span class="tag">odd</span><span class="tag">even</span>' in html
    assert f'title="{"n" * 90}">{"n" * 39}…</td>' in html
    for text in ("{&quot;a&quot;: 1}", "30s", "host1", "false", ">1.625</td>"):
        assert text in html, text


def test_the_runtime_of_groups_has_its_units(page, world):
    began = world.runs[2].started_at
    for run, seconds in zip(world.runs[2:4], (60, 180), strict=True):
        ended = began + timedelta(seconds=seconds)
        Run.objects.filter(pk=run.pk).update(started_at=began, finished_at=ended, notes="timed")
    html = _get(page, world.sweep_path, "group=notes&columns=runtime&query=notes = timed")
    assert '<td class="number">2m 00s <span class="faint">± ' in html
    assert '<small class="faint">1m 00s to 3m 00s</small>' in html


def test_groups_have_figures_and_open(page, world):
    html = _get(page, world.sweep_path, "group=config.optimizer&sort=-count")
    groups = re.findall(r'<tr id="group-(\w+)"', html)
    assert len(groups) == 2
    assert "Ungroup" in html
    assert "± " in html
    html = _get(page, world.sweep_path, f"group=config.optimizer&sort=-count&open={groups[0]}&query=loss < 1")
    assert 'aria-expanded="true"' in html
    assert html.count('class="member"') >= 1
    assert "query=%28loss%20%3C%201%29%20and%20config.optimizer%20%3D%20%22" in html
    Run.objects.filter(pk=world.runs[2].pk).update(tags=["b", "a"])
    html = _get(page, world.sweep_path, "group=tags,runtime")
    assert "<span>a, b</span>" in html
    assert "<span>10s to 1m</span>" in html
    for keys in ("state", "created_at,config.optimizer", "name"):
        assert "1\N{EN DASH}" in _get(page, world.project_path, f"group={keys}&size=25")
