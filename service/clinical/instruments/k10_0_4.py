"""K10: ten questions on distress in the last four weeks, answers coded 0 to 4."""

from service.clinical.canonical import SNOMED_CT
from service.clinical.definitions import Code
from service.clinical.k10_form import k10

INSTRUMENT = k10("k10-0-4", lowest=0, mappings=(Code(system=SNOMED_CT, code="720211004"),))
