// Evaluates FHIRPath on resources of R4: takes [{expression, resources}, ...] on standard input and prints, for
// each expression, the collection that it gives for each resource.
import { readFileSync } from "node:fs";

import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";

const asked = JSON.parse(readFileSync(0, "utf8"));
const given = asked.map(({ expression, resources }) => {
  const evaluate = fhirpath.compile(expression, r4);
  return resources.map((resource) => evaluate(resource, { resource }));
});
process.stdout.write(JSON.stringify(given));
