"""The generator is closed by `aclosing`."""

from contextlib import aclosing

happens = "a"
principle = "g"


async def rows(pool, table):
    """Every row of a table, read over a connection of the pool."""
    connection = await pool.get()
    try:
        for number in range(5):
            yield await connection.read(table, number)
    finally:
        pool.put_nowait(connection)


async def count_rows(pool, table):
    """How many rows a table has. Raises ValueError if one is broken."""
    count = 0
    # `async for` does not close what it goes through. Until somebody does, the `finally` in `rows` has not run.
    async with aclosing(rows(pool, table)) as found:
        async for row in found:
            if row == "broken":
                raise ValueError(f"row {count} of {table} is broken")
            count += 1
    return count
