"""http://hl7.org/fhir/R4/questionnaireresponse.html#search"""

from service.fhir.search.parameters.parameter import Parameter, code, date, reference, token

STATUS = "http://hl7.org/fhir/questionnaire-answers-status"
PEOPLE = "Practitioner Patient PractitionerRole RelatedPerson"

QUESTIONNAIRE_RESPONSE: tuple[Parameter, ...] = (
    reference(
        "author", "QuestionnaireResponse-author", "author", targets=f"{PEOPLE} Device Organization"
    ),
    date("authored", "QuestionnaireResponse-authored", "authored"),
    reference(
        "based-on", "QuestionnaireResponse-based-on", "basedOn", targets="CarePlan ServiceRequest"
    ),
    reference("encounter", "QuestionnaireResponse-encounter", "encounter", targets="Encounter"),
    token("identifier", "QuestionnaireResponse-identifier", "identifier"),
    reference(
        "part-of", "QuestionnaireResponse-part-of", "partOf", targets="Observation Procedure"
    ),
    reference("patient", "QuestionnaireResponse-patient", "subject", targets="Patient"),
    reference(
        "questionnaire",
        "QuestionnaireResponse-questionnaire",
        "questionnaire",
        targets="Questionnaire",
        canonical=True,
    ),
    reference("source", "QuestionnaireResponse-source", "source", targets=PEOPLE),
    code("status", "QuestionnaireResponse-status", "status", system=STATUS),
    reference("subject", "QuestionnaireResponse-subject", "subject"),
)
