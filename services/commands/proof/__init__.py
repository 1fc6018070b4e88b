"""The proof: what must hold in any company, checked from what its services answer, by code of its own.

Nothing here posts, and nothing that posts is imported here: sums are plain sums of decimals, and every statement of
the proof is one small function over plainly typed rows that gives a `Check`.
"""
