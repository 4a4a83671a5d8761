"""Codes of information resources 「信息资源代码」: given by the platform, never changed, never used again (PC-21)."""

from govshare.catalog.models import CodeCounter, Node


def allocate(node: Node) -> str:
    """The next code below ``node``; its counter stays locked until the transaction ends."""
    CodeCounter.objects.bulk_create([CodeCounter(node=node)], ignore_conflicts=True)
    counter = CodeCounter.objects.select_for_update().get(node=node)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{node.code}/{counter.last:05d}"
