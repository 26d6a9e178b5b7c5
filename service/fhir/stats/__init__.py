"""Statistics on Observations. http://hl7.org/fhir/R4/observation-operation-stats.html"""
