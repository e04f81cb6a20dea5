"""An executor's futures."""

from concurrent.futures import ThreadPoolExecutor

happens = "b"
principle = "g"


def index_all(pages, index, workers=4):
    with ThreadPoolExecutor(workers) as pool:
        futures = {page: pool.submit(index, page) for page in pages}
    return [page for page, future in futures.items() if isinstance(future.exception(), ValueError)]
