"""$stats reads the measurements of one code and nothing of what else a patient has."""

from datetime import UTC, datetime

import pytest

from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from service.store.index import mark
from service.store.measurements import MEASURED
from tests.store.record import explained, fill, of_table, rows_read
from tests.store.searched import NUMBER


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    await fill(database, cluster)
    return database


async def test_the_record_of_others_and_other_codes_cost_statistics_nothing(
    filled: Database,
) -> None:
    for code, since, expected in (("k3", 2020, 10), ("part", 2022, 2_040), ("k0", 2022, 2_000)):
        plan = await explained(
            filled,
            MEASURED,
            [
                NUMBER,
                hash64("Patient/0"),
                [hash64(code)],
                datetime(since, 1, 1, tzinfo=UTC),
                datetime(2030, 1, 1, tzinfo=UTC),
                mark("Observation", "subject"),
                type_key("Observation"),
            ],
        )
        assert plan["Actual Rows"] == expected, code
        assert rows_read(plan) <= 2 * expected, code
        (first, *_) = of_table(plan, "coded_value")
        assert first["Index Name"] == "coded_value_patient"
