"""In: a frame of Spark. Out: the same records as without it; needs Java 17 and the extra ``spark``."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aidlib.corpus.cluster import read_frame
from aidlib.model import Document
from aidlib.read import read_documents


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session of Spark on this machine; skips where Java or pyspark is missing."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if shutil.which("java") is None:
        pytest.skip("no Java on the path")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        session = (
            sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        )
        yield session
        session.stop()


@pytest.mark.filterwarnings("ignore")  # of pyspark itself
def test_spark_reads_a_corpus_by_map_in_pandas(spark: Any, seeds: Path) -> None:
    texts = [
        {"id": d.id, "text": d.text, "published": d.published.isoformat() if d.published else None}
        for d in read_documents([seeds / "briefs"])
        if isinstance(d, Document)
    ]
    # The example of README; a row of the result is one of ``read_frame``.
    frame = spark.createDataFrame(texts, "id string, text string, published string").repartition(4)
    found = frame.mapInPandas(
        lambda frames: map(read_frame, frames), "id string, record string, error string"
    )
    rows = {row["id"]: row["record"] for row in found.collect()}
    expected = read_frame(pd.DataFrame(texts))
    assert rows == dict(zip(expected["id"], expected["record"], strict=True))
