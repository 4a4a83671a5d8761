"""The same questions answered by Spark over the same files, where one machine's DuckDB is not enough. Optional extra ``spark``.

Only the sealed log: whoever asks here has its files, and is not asked who they are. Conditions are Spark's own expressions, never text.
"""

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as everybody who knows Spark calls it

from govshare.archive import layout, parquet
from govshare.archive.search.cold import Segment
from govshare.archive.search.criteria import EQUAL, Criteria, Placed, Row, Tally, clipped
from govshare.audit.rules import LARGEST_COLUMN
from govshare.kernel.clock import LOCAL


def session(master: str = "local-cluster[2,1,1024]") -> SparkSession:
    """A session for this module; without a real cluster, two workers of one core and 1 GiB each on this machine."""
    builder = SparkSession.builder.master(master).appName("govshare-archive")
    options = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",  # answers are small
        "spark.ui.enabled": "false",
    }
    if master.startswith("local"):
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def placed(spark: SparkSession, criteria: Criteria, segments: Sequence[Segment], *, start: Placed, limit: int) -> list[Row]:
    """Sealed entries below ``start``, the newest first: the rows of ``search.cold.placed``."""
    if not segments or criteria.nothing:
        return []
    found = entries(spark, criteria, segments).where(F.col("index") < start.index).orderBy(F.col("index").desc()).limit(limit)
    return _rows(_numbered(spark, found, segments).toArrow())


def tally(spark: SparkSession, criteria: Criteria, segments: Sequence[Segment]) -> list[Tally]:
    """All sealed hits, counted by action, outcome, the actor's organization and the day in Chengdu."""
    if not segments or criteria.nothing:
        return []
    day = F.date_format(F.from_utc_timestamp("at", str(LOCAL)), "yyyy-MM-dd").alias("day")
    counted = entries(spark, criteria, segments).groupBy("action", "outcome", "actor_organization", day).count()
    return [Tally(*row) for row in counted.collect()]


def entries(spark: SparkSession, criteria: Criteria, segments: Sequence[Segment]) -> DataFrame:
    """Sealed entries that answer to ``criteria``, as the columns of ``layout.ENTRY_SCHEMA``: for questions of one's own."""
    return spark.read.parquet(*(segment.entries for segment in segments)).where(_conditions(criteria))


def _numbered(spark: SparkSession, found: DataFrame, segments: Sequence[Segment]) -> DataFrame:
    """``found``, each row beside its batch. A batch that the edge of a segment cuts stands in both."""
    batches = spark.read.parquet(*(segment.batches for segment in segments)).select("first_index", "batch", "n")
    inside = (F.col("index") >= F.col("first_index")) & (F.col("index") < F.col("first_index") + F.col("n"))
    return F.broadcast(found).join(batches, inside).dropDuplicates(["index"])


def _rows(found: pa.Table) -> list[Row]:
    """With their bodies, rebuilt by the one statement that rebuilds them everywhere."""
    with parquet.engine() as database:
        database.register("found", found)
        asked = f'SELECT batch, "index" - first_index, "index", {layout.BODY} FROM found ORDER BY "index" DESC'
        return [Row(*row) for row in database.sql(asked).fetchall()]


def _conditions(criteria: Criteria) -> Column:
    told = [_equal(column, getattr(criteria, name)) for name, column in EQUAL.items() if getattr(criteria, name)]
    if criteria.party:
        told.append(F.array_contains("parties", criteria.party))
    for column, values in (("actor_id", criteria.actors), ("grant_id", criteria.grants)):
        if values is not None:
            told.append(F.col(column).isin(list(values)))
    if criteria.action.endswith(":"):
        told.append(F.col("action").startswith(criteria.action))
    elif criteria.action:
        told.append(F.col("action") == criteria.action)
    if criteria.since:
        told.append(F.col("at") >= F.lit(criteria.since))
    if criteria.until:
        told.append(F.col("at") < F.lit(criteria.until))
    return reduce(Column.__and__, told, F.lit(True))


def _equal(column: str, text: str) -> Column:
    """As in the hot log, a text as long as its columns stands for every longer one that begins so."""
    return F.col(column).startswith(clipped(text)) if len(text) >= LARGEST_COLUMN else F.col(column) == text
