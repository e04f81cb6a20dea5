"""Pages and what is in them: download, cache, parse."""

from feedwatch.fetch.cache import Cache
from feedwatch.fetch.fetcher import Fetcher
from feedwatch.fetch.parse import Entry, entries

__all__ = ["Cache", "Entry", "Fetcher", "entries"]
