"""Section 11 in JupyterLab: nothing is seen before it is asked for, and then one solution only."""

from __future__ import annotations

from playwright.sync_api import expect

from autograder.author.solutions import write_page


def test_a_solution_opens_when_it_is_clicked_and_the_others_stay_closed(lab, tmp_path):
    notebook = lab(write_page(tmp_path, ["01-warm-up"]), whole_lab=True, viewport={"width": 1366, "height": 768})
    page = notebook.page
    titles = page.locator("details > summary")
    expect(titles).to_have_count(5)
    words = page.locator("details strong").get_by_text("Why it is right.")
    expect(words).to_have_count(5)
    assert not any(one.is_visible() for one in words.all())
    titles.filter(has_text="1.3 A loop with a default branch").click()
    opened = page.locator("details[open]")
    expect(opened).to_have_count(1)
    expect(opened.get_by_text("handle(await jobs.get())")).to_be_visible()
    expect(opened.get_by_text("The usual wrong ideas")).to_be_visible()
