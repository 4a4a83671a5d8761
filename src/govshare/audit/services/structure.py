"""What PostgreSQL itself would have refused: batches, entries, places and the waiting list that do not fit together."""

from django.db import connection

from govshare.audit.findings import Finding
from govshare.audit.log import Log

#: Each row is one thing wrong: (kind, batch, ordinal, Chinese). Entries are counted by batch; only odd batches are looked into.
_STRUCTURE = """
    WITH odd AS MATERIALIZED (
        SELECT coalesce(b.batch, e.batch) AS batch
        FROM audit_batch b FULL JOIN (SELECT batch, count(*) AS n, max(ordinal) AS last FROM audit_entry GROUP BY batch) AS e USING (batch)
        WHERE b.n IS DISTINCT FROM e.n OR e.last <> b.n - 1
    )
    SELECT 'missing', b.batch, o.ordinal, '批次缺少这一条'
    FROM odd JOIN audit_batch b USING (batch) CROSS JOIN LATERAL generate_series(0, b.n - 1) AS o (ordinal)
    WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.batch = b.batch AND e.ordinal = o.ordinal)
    UNION ALL
    SELECT 'inserted', e.batch, e.ordinal, '记录不属于任何批次，或超出批次条数'
    FROM odd JOIN audit_entry e USING (batch) LEFT JOIN audit_batch b USING (batch) WHERE b.batch IS NULL OR e.ordinal >= b.n
    UNION ALL
    SELECT 'missing', b.batch, NULL, '批次既未入日志，也不在待入之列'
    FROM audit_batch b LEFT JOIN audit_placement p USING (batch) LEFT JOIN audit_unplaced u USING (batch)
    WHERE p.batch IS NULL AND u.batch IS NULL
    UNION ALL
    SELECT 'missing', coalesce(p.batch, u.batch), NULL, '已登记的批次不见了'
    FROM audit_placement p FULL JOIN audit_unplaced u USING (batch) LEFT JOIN audit_batch b ON b.batch = coalesce(p.batch, u.batch)
    WHERE b.batch IS NULL
    UNION ALL
    SELECT 'altered', p.batch, NULL, '批次条数与其位置的条数不同' FROM audit_placement p JOIN audit_batch b USING (batch) WHERE p.n <> b.n
    UNION ALL
    SELECT CASE WHEN first_index > due THEN 'missing' ELSE 'inserted' END, batch, NULL, '位置之间有缺口或重叠'
    FROM (SELECT batch, first_index, lag(first_index + n, 1, 0::bigint) OVER (ORDER BY first_index) AS due FROM audit_placement) AS p
    WHERE first_index <> due
      AND NOT (due >= (SELECT coalesce(min(d.first_index), 0) FROM audit_dropped d)  -- what was dropped lies before what is there
               AND first_index <= (SELECT coalesce(max(d.end_index), 0) FROM audit_dropped d))
    ORDER BY 2, 3 LIMIT 10000
"""

_WAITING = """
    SELECT e.batch, e.ordinal, e.body, e.leaf_hash FROM audit_unplaced u JOIN audit_entry e USING (batch) ORDER BY e.batch, e.ordinal
"""


def structure() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_STRUCTURE)
        return [
            Finding(kind, "database", f"batch {batch}", message, batch=batch, ordinal=-1 if ordinal is None else ordinal)
            for kind, batch, ordinal, message in cursor.fetchall()
        ]


def waiting(log: Log) -> list[Finding]:
    """Entries without a place stand under no signature yet; their leaf hash at least must be their body's."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_WAITING)
        return [
            Finding("altered", "database", f"batch {batch}", "尚未入日志的记录，叶哈希列与内容不符", batch=batch, ordinal=ordinal)
            for batch, ordinal, body, leaf in cursor
            if log.tree.leaf(body.encode()) != bytes(leaf)
        ]
