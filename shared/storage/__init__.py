"""How services keep rows: engines, exact column types, the unit of work, pages of lists, migrations."""
