"""What is in a feed."""

import pytest

from feedwatch.fetch import Entry, entries
from feedwatch.fetch.parse import new_entries

FEED = """<rss><channel>
<item><title>A</title><link>a</link></item>
<item><title>B</title><link>b</link></item>
</channel></rss>"""


def test_entries_come_in_order():
    assert entries(FEED) == [Entry("A", "a"), Entry("B", "b")]


def test_known_entries_are_left_out():
    assert new_entries(FEED, {"a"}) == [Entry("B", "b")]


@pytest.mark.parametrize("page", ["", "no feed", "<rss/>"])
def test_what_is_no_feed_is_refused(page):
    with pytest.raises(ValueError, match="not a feed"):
        entries(page)
