from uuid import UUID, uuid5

from service.clinical.identifiers import ROOT, Identifiers
from service.fhir.resource import PatientKey

A, B = UUID(int=1), UUID(int=2)


def test_an_id_is_a_name_based_uuid_of_its_parts() -> None:
    expected = uuid5(uuid5(ROOT, str(A)), "p1\x1fscore\x1fQuestionnaireResponse/r\x1fphq-9")
    assert Identifiers(A, PatientKey("p1")).score("QuestionnaireResponse/r", "phq-9") == str(
        expected
    )


def test_tenant_patient_rule_course_scale_and_event_all_count() -> None:
    base = {"rule": "pace", "course": "c", "scale": None, "event": None}
    found = {
        Identifiers(tenant, PatientKey(patient)).finding(**base | change)
        for tenant in (A, B)
        for patient in ("p1", "p2")
        for change in ({}, {"rule": "x"}, {"course": "d"}, {"scale": "s"}, {"event": "e"})
    }
    assert len(found) == 20


def test_the_same_question_always_has_the_same_place() -> None:
    first = Identifiers(A, PatientKey("p1")).score("QuestionnaireResponse/r", "phq-9")
    assert Identifiers(A, PatientKey("p1")).score("QuestionnaireResponse/r", "phq-9") == first
