// fhirclient, the client of SMART on FHIR apps, as a server uses it: no browser, no launch.
import smart from "fhirclient";
import { base, patient, tell } from "./steps.mjs";

const request = { headers: { host: "app.example" }, url: "/", socket: {} };
const storage = { get: async () => null, set: async (_, value) => value, unset: async () => true };
const client = smart(request, {}, storage).client({ serverUrl: base, tokenResponse: { patient } });
const plain = new smart.FhirClient(base);
const mine = { resourceType: "Patient", name: [{ family: "Smart" }] };
let made;

await tell({
  version: async () => client.getFhirVersion(),
  release: async () => client.getFhirRelease(),
  patient: async () => (await client.patient.read()).id,
  // It asks metadata by which parameter a type belongs to a patient.
  hers: async () => (await client.patient.request("Encounter?_count=50", { flat: true })).length,
  pages: async () => {
    const found = [];
    const onPage = (bundle) => { found.push(bundle.entry.map((entry) => entry.resource.id)); };
    await client.request(`Encounter?patient=${patient}&_count=7`, { pageLimit: 0, onPage });
    return found;
  },
  flat: async () =>
    (await client.request(`Encounter?patient=${patient}&_count=7`, { pageLimit: 0, flat: true })).length,
  resolved: async () => {
    const found = await client.request(`Encounter/client-session-1`, { resolveReferences: ["subject"] });
    return found.subject.id;
  },
  created: async () => {
    made = await plain.create(mine);
    return made.meta.versionId;
  },
  updated: async () => (await plain.update({ ...made, active: true })).meta.versionId,
  generated: async () => {
    const found = [];
    for await (const resource of plain.resources(`Encounter?patient=${patient}&_count=7`, { limit: 100 })) {
      found.push(resource.id);
    }
    return found.length;
  },
  course: async () => (await client.request(`Patient/${patient}/$course`)).type,
  scores: async () => {
    const found = await client.request(
      `Observation?patient=${patient}&code=http://loinc.org|44261-6&_count=50`, { flat: true },
    );
    return client.byCode(found, "code")["44261-6"].length;
  },
  refused: async () => plain.create({ ...mine, gender: "banana" }),
  deleted: async () => {
    await plain.delete(`Patient/${made.id}`);
    return plain.fhirRequest(`Patient/${made.id}`);
  },
  patched: async () => {
    const { id } = await plain.create(mine);
    const patched = await plain.patch(`Patient/${id}`, [{ op: "add", path: "/gender", value: "female" }]);
    return patched.gender;
  },
});
