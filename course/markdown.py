"""Text that a notebook shows formatted and any other place shows as it is."""


class Markdown(str):
    """A text in Markdown."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(self)
