from collections.abc import Iterator

import pytest

from tests.fronts import Fronts


@pytest.fixture(params=["pg_pg", "pg_my", "my_pg", "my_my"])
def either(request: pytest.FixtureRequest) -> Iterator[Fronts]:
    """Each pair of engines."""
    source, target = request.param.split("_")
    fronts = request.getfixturevalue("fronts") if "pg" in {source, target} else Fronts(None, None)  # type: ignore[arg-type]
    provider = fronts.provider if source == "pg" else request.getfixturevalue("my_provider")
    recipient = fronts.recipient if target == "pg" else request.getfixturevalue("my_recipient")
    yield Fronts(provider, recipient)
