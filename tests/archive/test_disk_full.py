"""A full disk while sealing, by a real limit on the size of files: nothing is half sealed, nothing is lost, and it goes on later."""

import pytest

from govshare.archive import services as archive
from govshare.archive.models import Segment
from govshare.archive.store import StoreUnavailable
from govshare.audit import services as audit
from tests.archive.sealed import record
from tests.audit.actors import NOW
from tests.audit.test_disk_full import no_file_above


@pytest.mark.article("CD2016-26", "PC-110")
@pytest.mark.parametrize("room", [0, 300, 5_000, 12_500], ids=lambda size: f"{size} bytes")
def test_when_the_disk_is_full_nothing_is_sealed_and_the_log_goes_on(own_database, room):
    promises = record(600)
    with no_file_above(room), pytest.raises(StoreUnavailable, match="请检查空间"):
        archive.seal(now=NOW, everything=True)
    meanwhile = Segment.objects.count()
    promises += record(200)

    sealed = archive.seal(now=NOW, everything=True)

    assert meanwhile == 0
    assert [segment.end_index for segment in sealed] == [768]
    assert archive.verify(now=NOW) == []
    assert audit.fsck().sound
