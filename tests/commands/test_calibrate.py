"""From a clinic's ended courses to curves, and from those to the findings of a patient."""

import asyncio
import math
from argparse import Namespace
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import numpy as np
import pytest

from service import main, therapy
from service.clinical.canonical import SCALE
from service.commands import run
from service.commands.calibrate import COMMAND
from service.fhir.access import Access
from service.fhir.resource import Resource
from service.interactions import bulk
from service.interactions.rederive import rederive
from service.settings import Settings
from service.store.cluster import Cluster
from tests.door import BASE, emptied, spoken_to

FIRST = date(2025, 1, 6)
COURSES = 104
SESSIONS = 6
FILE = """
[source]
citation = "Lutz, Martinovich & Howard (1999). Patient profiling."
standing = "P"

[[curve]]
id = "published"
scale = "phq-9"
low = 10
high = 14
b0 = 12.0
b1 = -2.0
sd = 20.0
courses = 340
last_session = 20
version = "1"
"""


def patient(name: str) -> Resource:
    return {"resourceType": "Patient", "id": name}


def episode(name: str, status: str) -> Resource:
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"{name}-course",
        "status": status,
        "patient": {"reference": f"Patient/{name}"},
        "period": {"start": FIRST.isoformat()},
    }


def total(name: str, session: int, points: float) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{name}-{session}",
        "status": "final",
        "code": {"coding": [{"system": SCALE, "code": "phq-9"}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectiveDateTime": (FIRST + timedelta(weeks=session - 1)).isoformat(),
        "valueQuantity": {"value": points},
    }


def ended_courses() -> Iterator[Resource]:
    """Each begins with 12, and goes on as 11 - 2 ln(session), SD 1.5 between and 1.5 within."""
    rng = np.random.default_rng(1)
    for number, level in enumerate(rng.normal(0, 1.5, COURSES)):
        name = f"ended-{number}"
        yield patient(name)
        yield episode(name, "finished")
        yield total(name, 1, 12)
        for session in range(2, SESSIONS + 1):
            points = 11 - 2 * math.log(session) + level + rng.normal(0, 1.5)
            yield total(name, session, min(27, max(0, round(points))))


def running_course() -> Iterator[Resource]:
    """12, then 20 and 21: far beyond 11 - 2 ln(2) + 1.282 * 2.1 = 12.3."""
    yield patient("now")
    yield episode("now", "active")
    for session, points in enumerate((12, 20, 21), start=1):
        yield total("now", session, points)


async def found(client: httpx.AsyncClient, patient_id: str = "now") -> dict[str, Any]:
    url = f"/Observation?patient={patient_id}&code=expected-course"
    entries = (await client.get(url)).raise_for_status().json()["entry"]
    (entry,) = [e for e in entries if e["resource"]["status"] != "entered-in-error"]
    return dict(entry["resource"])


def component(finding: dict[str, Any], code: str) -> Any:
    (held,) = [c for c in finding["component"] if c["code"]["coding"][0]["code"] == code]
    return held.get("valueString", held.get("valueInteger", held.get("valueQuantity")))


def stored(live: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """A resource computed live, with the version and the time of a stored one."""
    return {**live, "meta": {**like["meta"], **live.get("meta", {})}}


async def calibrated(settings: Settings, *, dry_run: bool = False) -> int:
    """As on the command line, in a thread of its own: the command runs its own loop."""
    given = Namespace(scale=["phq-9"], least=100, dry_run=dry_run, tenant=None)
    return await asyncio.to_thread(COMMAND.run, given, settings)


@pytest.fixture
async def settings(cluster: Cluster) -> Settings:
    """Of a site with a clinic in it."""
    await emptied(cluster)
    decided = Settings(public_url=BASE, database_url=cluster.dsn)
    async with main.opened(decided, cluster.dsn, BASE) as site:
        await bulk.load(site, Access(), [*ended_courses(), *running_course()])
    return decided


async def test_a_clinics_own_curve_stands_in_its_findings_after_calibration(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = str(settings.database_url)
    async with (
        main.opened(settings, dsn, BASE) as site,
        spoken_to(main.application(settings, site)) as client,
    ):
        before = await found(client)
        assert before["valueCodeableConcept"]["coding"][0]["code"] == "no-reference"
        assert await calibrated(settings, dry_run=True) == 0
        assert "Nothing was written." in capsys.readouterr().out
        assert (await client.get("/Library/expected-course-phq-9")).status_code == 404

    assert await calibrated(settings) == 0
    told = capsys.readouterr()
    assert "104 ended courses." in told.err
    assert "phq-9, 15-19: 0 of 100 ended courses" in told.out
    assert "Library/expected-course-phq-9 written, version 1." in told.out
    assert "restart them, then run `python -m service rederive`" in told.out

    async with (
        main.opened(settings, dsn, BASE) as site,
        spoken_to(main.application(settings, site)) as client,
    ):
        library = (await client.get("/Library/expected-course-phq-9")).raise_for_status().json()
        assert "First scores 10 to 14: n 104 (520 scores)" in library["description"]
        assert (await client.put("/Library/expected-course-phq-9", json=library)).status_code == 405
        tally = await rederive(site, Access())
        assert (tally.done, tally.changed) == (COURSES + 1, COURSES + 1)
        after = await found(client)
        assert after["id"] == before["id"]
        assert after["valueCodeableConcept"]["coding"][0]["code"] == "not-on-track"
        assert component(after, "curve") == "phq-9-10-14"
        assert component(after, "courses") == 104
        assert (
            "(n 104, ended courses of this site, 2025-01-06 to 2025-02-10)"
            in (after["note"][0]["text"])
        )

        live = (await client.get("/Patient/now/$course")).json()["entry"]
        assert after in [stored(entry["resource"], after) for entry in live]

    assert await calibrated(settings) == 0
    assert "The same curves stand already; nothing was written." in capsys.readouterr().out


async def test_a_new_course_gives_the_library_a_new_version(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = str(settings.database_url)
    assert await calibrated(settings) == 0
    async with main.opened(settings, dsn, BASE) as site:
        more = [patient("more"), episode("more", "finished"), total("more", 1, 12)]
        await bulk.load(site, Access(), [*more, total("more", 2, 8)])
    capsys.readouterr()
    assert await calibrated(settings) == 0
    assert "Library/expected-course-phq-9 written, version 2." in capsys.readouterr().out
    async with (
        main.opened(settings, dsn, BASE) as site,
        spoken_to(main.application(settings, site)) as client,
    ):
        place = "/Library/expected-course-phq-9"
        assert "n 105 (521 scores)" in (await client.get(place)).json()["description"]
        assert (await client.get(f"{place}/_history/1")).json()["version"] == "1"


async def test_a_curve_from_a_file_takes_the_place_of_the_sites_own(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "phq.toml").write_text(FILE)
    filed = settings.model_copy(update={"curves_dir": tmp_path})
    assert await calibrated(filed) == 0
    assert "phq-9: curves of ATTUNE_CURVES_DIR take the place of these." in capsys.readouterr().out
    dsn = str(filed.database_url)
    async with (
        main.opened(filed, dsn, BASE) as site,
        spoken_to(main.application(filed, site)) as client,
    ):
        await rederive(site, Access())
        finding = await found(client)
    assert component(finding, "curve") == "published"
    assert "(n 340, Lutz 1999)" in finding["note"][0]["text"]


async def test_where_nothing_can_be_fitted_the_command_says_so_and_fails(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    await emptied(cluster)
    assert await calibrated(Settings(database_url=cluster.dsn)) == 1
    assert "No curve could be fitted." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (FILE.replace("sd = 20.0", "sd = 0"), "phq.toml, sd of curve 'published': must be above"),
        (FILE + "low = 1", "phq.toml: is not TOML: "),
        (None, "holds no file that ends in .toml."),
    ],
)
def test_curves_that_are_wrong_keep_a_site_from_starting_with_one_sentence(
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    sentence: str,
) -> None:
    if text is not None:
        (tmp_path / "phq.toml").write_text(text)
    monkeypatch.setenv("ATTUNE_DATABASE_URL", cluster.dsn)
    monkeypatch.setenv("ATTUNE_CURVES_DIR", str(tmp_path))
    assert run(["rederive"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("python -m service: ")
    assert sentence in told
    assert len(told.splitlines()) == 1


def test_the_readmes_example_of_a_curve_is_taken_as_it_is(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = readme[readme.index("    [source]") :].partition("\n\nRestart")[0]
    (tmp_path / "curves.toml").write_text(dedent(example))
    (curve,) = therapy.curves_of_files(Settings(curves_dir=tmp_path))
    assert (curve.id, curve.courses, curve.sd) == ("phq-9-10-14", 340, 6.9)


def test_a_scale_without_an_expected_course_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["calibrate", "--scale", "wai-sr"]) == 1
    assert "'wai-sr' is no scale with an expected course" in capsys.readouterr().err


def test_fewer_than_a_hundred_courses_cannot_be_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(["calibrate", "--least", "99"])
    assert "A band needs 100 ended courses or more, not '99'." in capsys.readouterr().err
