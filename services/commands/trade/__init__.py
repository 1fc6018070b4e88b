"""Real trade for a replay: read order lines, turn them into days of business moves, or invent both.

`lines` reads the "Online Retail" layout, `plan` makes days of moves of it, `generate` invents a file of the same
layout and `supply` the purchasing side that no such file has. Nothing here knows HTTP or a database.
"""
