"""The generator is closed in a `finally`."""

happens = "a"
principle = "g"


async def rows(pool, table):
    connection = await pool.get()
    try:
        for number in range(5):
            yield await connection.read(table, number)
    finally:
        pool.put_nowait(connection)


async def count_rows(pool, table):
    count, found = 0, rows(pool, table)
    try:
        async for row in found:
            if row == "broken":
                raise ValueError(f"row {count} of {table} is broken")
            count += 1
    finally:
        await found.aclose()
    return count
