"""The Python clients fhirpy and fhirclient write, search, page and read against the server."""

from collections.abc import Iterator

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.encounter import Encounter
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.models.questionnaireresponse import QuestionnaireResponse
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.journeys.conftest import Server
from tests.journeys.weekly import PATIENT, SESSIONS, numbered


@pytest.mark.usefixtures("record")
class TestFhirpy:
    async def test_pages_hold_every_resource_once(self, server: Server) -> None:
        client = AsyncFHIRClient(server.fhir)
        search = client.resources("Encounter").search(patient=PATIENT).limit(7)
        seen = [encounter.id async for encounter in search]
        assert sorted(seen) == sorted(numbered("client-session"))

    async def test_pages_keep_the_order_asked_for(self, server: Server) -> None:
        client = AsyncFHIRClient(server.fhir)
        search = client.resources("Encounter").search(patient=PATIENT).sort("-date").limit(7)
        assert [e.id async for e in search] == numbered("client-session")[::-1]

    def test_the_synchronous_client_reads_scores(self, server: Server) -> None:
        """Weeks alternate between 4 and 5 answers of 1."""
        scores = (
            SyncFHIRClient(server.fhir)
            .resources("Observation")
            .search(patient=PATIENT, code="http://loinc.org|44261-6")
            .sort("date")
            .limit(10)
            .fetch_all()
        )
        assert [score.valueQuantity.value for score in scores] == [4, 5] * 11 + [4]
        assert all(score.derivedFrom[0].reference.startswith("QuestionnaireR") for score in scores)

    async def test_a_resource_is_created_changed_and_deleted(self, server: Server) -> None:
        client = AsyncFHIRClient(server.fhir)
        patient = client.resource("Patient", name=[{"family": "Synthetic"}])
        await patient.save()
        patient["active"] = False
        await patient.save()
        read = await client.reference("Patient", patient.id).to_resource()
        assert read.active is False
        assert read.meta.versionId == "2"
        await patient.delete()
        with pytest.raises(ResourceNotFound):
            await client.reference("Patient", patient.id).to_resource()

    async def test_a_mistake_arrives_as_the_client_s_own_outcome(self, server: Server) -> None:
        client = AsyncFHIRClient(server.fhir)
        with pytest.raises(OperationOutcome) as refusal:
            await client.resource("Observation", status="banana").save()
        assert "Observation.status" in str(refusal.value)

    async def test_the_course_is_one_call(self, server: Server) -> None:
        client = AsyncFHIRClient(server.fhir)
        course = await client.execute(f"Patient/{PATIENT}/$course", method="get")
        shown = {entry["resource"]["id"] for entry in course["entry"]}
        assert set(numbered("client-session")) <= shown


@pytest.mark.usefixtures("record")
class TestFhirclient:
    @pytest.fixture
    def smart(self, server: Server) -> Iterator[FHIRClient]:
        client = FHIRClient(settings={"app_id": "journeys", "api_base": server.fhir})
        assert client.prepare()
        yield client
        client.server.session.close()

    def test_the_capabilities_are_read_and_no_token_is_asked_for(self, smart: FHIRClient) -> None:
        assert smart.ready
        assert smart.server.capabilityStatement.fhirVersion == "4.0.1"

    def test_pages_hold_every_resource_once(self, smart: FHIRClient) -> None:
        search = Encounter.where({"patient": PATIENT, "_count": "7"})
        seen = [encounter.id for encounter in search.perform_resources_iter(smart.server)]
        assert sorted(seen) == sorted(numbered("client-session"))

    def test_scores_and_findings_are_valid_to_its_models(self, smart: FHIRClient) -> None:
        search = Observation.where({"patient": PATIENT, "category": "survey", "_count": "10"})
        every = list(search.perform_resources_iter(smart.server))
        assert len({observation.id for observation in every}) == len(every)
        assert len(every) > SESSIONS

    def test_a_patient_is_created_read_and_changed(self, smart: FHIRClient) -> None:
        patient = Patient({"resourceType": "Patient", "gender": "female"})
        id_ = patient.create(smart.server)["id"]
        created = Patient.read(id_, smart.server)
        assert created.gender == "female"
        created.active = True
        created.update(smart.server)
        assert Patient.read(id_, smart.server).meta.versionId == "2"

    def test_answers_are_read_back(self, smart: FHIRClient) -> None:
        response = QuestionnaireResponse.read("client-form-1", smart.server)
        assert [item.answer[0].valueInteger for item in response.item] == [0, 1] * 4 + [0]

    def test_the_course_is_a_bundle(self, smart: FHIRClient) -> None:
        course = Bundle.read_from(f"Patient/{PATIENT}/$course", smart.server)
        assert course.type == "collection"
