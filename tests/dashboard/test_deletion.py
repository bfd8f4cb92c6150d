from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.models import Project, Run, Sweep


def test_a_run_is_deleted_from_its_page_after_a_question(page, world):
    assert "What the search of its sweep has learned of it stays." in page.get(world.run_path).content.decode()
    answer = page.post(f"{world.run_path}/delete", follow=True)
    assert answer.redirect_chain == [(world.sweep_path, 302)]
    assert "is deleted" in answer.content.decode()
    assert page.get(world.run_path).status_code == 404
    assert not Run.objects.filter(pk=world.runs[0].pk).exists()


def test_a_sweep_is_deleted_with_its_runs_which_the_question_counts(page, world):
    assert "Its 8 runs, with all that they logged" in page.get(world.sweep_path).content.decode()
    answer = page.post(f"{world.sweep_path}/delete", follow=True)
    assert answer.redirect_chain == [(world.project_path, 302)]
    assert not Sweep.objects.exists()
    assert [run.pk for run in Run.objects.all()] == [world.alone.pk]


def test_an_open_page_notices_that_a_run_was_deleted(page, world):
    paths = (world.sweep_path, world.project_path, "/")
    etags = [page.get(path + "?fragments")["ETag"] for path in paths]
    page.post(f"{world.project_path}/runs/{world.runs[3].run_id}/delete")
    for path, etag in zip(paths, etags, strict=True):
        assert page.get(path + "?fragments", headers={"If-None-Match": etag}).status_code == 200, path
    page.get(world.sweep_path)  # shows the message, once
    assert world.runs[3].name not in page.get(world.sweep_path).content.decode()


def test_a_project_is_deleted_by_whoever_types_its_name(page, world):
    settings = page.get(f"{world.project_path}/settings").content.decode()
    assert "Its 1 sweep and 9 runs go with it" in settings
    wrong = page.post(f"{world.project_path}/delete", {"name": "dem"})
    assert (wrong.status_code, Project.objects.count()) == (400, 1)
    assert "nothing was deleted" in wrong.content.decode()
    assert page.post(f"{world.project_path}/delete", {"name": "demo"}, follow=True).redirect_chain == [("/", 302)]
    assert page.get(world.project_path).status_code == 404
    assert not Run.objects.exists()


def test_the_settings_say_what_goes_and_when(page, world):
    path = f"{world.project_path}/settings"
    long_ago = timezone.now() - timedelta(days=10)
    Run.objects.filter(pk__in=[run.pk for run in world.runs[1:4]]).update(finished_at=long_ago)
    Run.objects.filter(pk=world.runs[1].pk).update(tags=["keep"])
    answer = page.post(path, {"days": "7"}, follow=True).content.decode()
    assert Project.objects.get().retention_days == 7
    for text in (
        "Runs are deleted 7 days after",
        "<strong>2 runs</strong> go within the hour",
        "1 older one has the tag",
    ):
        assert text in answer
    assert "runs kept 7 days" in page.get(world.project_path).content.decode()
    assert "kept for ever" in page.post(path, {"days": ""}, follow=True).content.decode()
    assert Project.objects.get().retention_days is None
    for days in ("0", "-1", "x", "36501"):
        assert page.post(path, {"days": days}).status_code == 400


@pytest.mark.parametrize("path", ["{project}/settings", "{project}/delete", "{sweep}/delete", "{run}/delete"])
def test_strangers_delete_nothing(stranger, world, path):
    path = path.format(project=world.project_path, sweep=world.sweep_path, run=world.run_path)
    assert stranger.post(path, {"name": "demo", "days": "1"}).status_code == 404
    assert (Project.objects.count(), Sweep.objects.count(), Run.objects.count()) == (1, 1, 9)
    assert Project.objects.get().retention_days is None
