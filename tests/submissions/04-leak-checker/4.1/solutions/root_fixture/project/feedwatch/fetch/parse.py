"""What is in a feed."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Entry:
    title: str
    link: str


def entries(page):
    """The entries of an RSS page, in order. Raises `ValueError` if it is none."""
    try:
        channel = ElementTree.fromstring(page).find("channel")
    except ElementTree.ParseError as error:
        raise ValueError(f"not a feed: {error}") from None
    if channel is None:
        raise ValueError("not a feed: it has no channel")
    return [Entry(item.findtext("title", ""), item.findtext("link", "")) for item in channel.iter("item")]


def new_entries(page, known):
    """The entries whose links are not among the known ones, each link once."""
    found = {}
    for entry in entries(page):
        if entry.link not in known:
            found.setdefault(entry.link, entry)
    return list(found.values())
