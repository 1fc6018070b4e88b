"""The real "Online Retail" file, where HUOTONG_TRADE names it: each row once, exact sums, the table of the docs."""

import os
from pathlib import Path

import pytest

from services.commands.trade.buckets import Bucket, Counts, Note
from services.commands.trade.lines import check, read
from services.commands.trade.plan import plan

WHOLE_FILE_LINES = 541_909
FILES = [Path(name) for name in [os.environ.get("HUOTONG_TRADE")] if name]


@pytest.mark.full
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_ends_row_by_row_in_one_bucket(path: Path):
    counts = Counts()
    for day in plan(read(path)):
        counts.add(day.verdicts)
    assert counts.total.lines == check(path)
    if counts.total.lines == WHOLE_FILE_LINES:
        assert _table(counts) == {
            Bucket.SOLD: (528_161, "10271433.063"),
            Bucket.RETURNED: (7_616, "-455639.460"),
            Bucket.SERVICE: (2_294, "40468.971"),
            Bucket.ADJUSTMENT: (3_838, "-108514.640"),
            Bucket.REFUSED: (0, "0.000"),
        }
        assert f"{counts.total.value:.3f}" == "9747747.934"
        assert (counts.notes[Note.ANONYMOUS], counts.notes[Note.DUPLICATE]) == (135_080, 5_268)


def _table(counts: Counts) -> dict[Bucket, tuple[int, str]]:
    return {bucket: (counts.bucket(bucket).lines, f"{counts.bucket(bucket).value:.3f}") for bucket in Bucket}
