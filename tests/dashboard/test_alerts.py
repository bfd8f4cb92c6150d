from sweeps_app.services.alerts import alert_note


def test_a_run_shows_its_alerts_the_newest_first(page, world):
    assert "alerts-title" not in page.get(world.run_path).content.decode()
    alert_note(run=world.runs[0], title="First <b>", text="look\nhere", level="info")
    alert_note(run=world.runs[0], title="Second", text="", level="error")
    shown = page.get(world.run_path).content.decode()
    assert shown.index("Second") < shown.index("First &lt;b&gt;")
    assert "look<br>here" in shown
