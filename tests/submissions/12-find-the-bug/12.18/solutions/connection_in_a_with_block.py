"""The connection is taken by who counts, in a `with` block; the generator has none to give back."""

from contextlib import asynccontextmanager

happens = "a"
principle = "g"


@asynccontextmanager
async def taken(pool):
    connection = await pool.get()
    try:
        yield connection
    finally:
        pool.put_nowait(connection)


async def rows(connection, table):
    for number in range(5):
        yield await connection.read(table, number)


async def count_rows(pool, table):
    async with taken(pool) as connection:
        count = 0
        async for row in rows(connection, table):
            if row == "broken":
                raise ValueError(f"row {count} of {table} is broken")
            count += 1
        return count
