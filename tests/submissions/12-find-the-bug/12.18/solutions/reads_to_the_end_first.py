"""All rows are read before any is looked at."""

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
    found = [row async for row in rows(pool, table)]
    if "broken" in found:
        raise ValueError(f"row {found.index('broken')} of {table} is broken")
    return len(found)
