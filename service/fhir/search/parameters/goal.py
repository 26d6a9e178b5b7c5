"""http://hl7.org/fhir/R4/goal.html#search"""

from service.fhir.search.parameters.parameter import Parameter, code, date, reference, token

STATUS = "http://hl7.org/fhir/goal-status"

GOAL: tuple[Parameter, ...] = (
    token("achievement-status", "Goal-achievement-status", "achievementStatus"),
    token("category", "Goal-category", "category"),
    token("identifier", "clinical-identifier", "identifier"),
    code("lifecycle-status", "Goal-lifecycle-status", "lifecycleStatus", system=STATUS),
    reference("patient", "clinical-patient", "subject", targets="Patient"),
    date("start-date", "Goal-start-date", "start[date]"),
    reference("subject", "Goal-subject", "subject", targets="Group Organization Patient"),
    date("target-date", "Goal-target-date", "target.due[date]"),
)
