// @medplum/core: MedplumClient against a base that is not Medplum's.
import { MedplumClient } from "@medplum/core";
import { base, patient, tell } from "./steps.mjs";

const [, origin, path] = base.match(/^(https?:\/\/[^/]+\/)(.*)$/);
const client = new MedplumClient({ baseUrl: origin, fhirUrlPath: `${path}/`, fetch, cacheTime: 0 });
const mine = { resourceType: "Patient", name: [{ family: "Plum" }] };
const system = "http://plum.example/ids";
let made;

await tell({
  created: async () => {
    made = await client.createResource(mine);
    return made.meta.versionId;
  },
  read: async () => (await client.readResource("Patient", made.id)).name[0].family,
  updated: async () => {
    made = await client.updateResource({ ...made, active: true });
    return [made.meta.versionId, made.active];
  },
  unchanged: async () => (await client.updateResource(made)).active,
  history: async () => (await client.readHistory("Patient", made.id)).entry.length,
  version: async () => (await client.readVersion("Patient", made.id, "1")).active ?? "absent",
  found: async () => {
    const found = await client.searchResources("Encounter", { patient, _count: 50 });
    return [found.length, found.bundle.type];
  },
  pages: async () => {
    const found = [];
    for await (const page of client.searchResourcePages("Encounter", { patient, _count: 7 })) {
      found.push(page.map((resource) => resource.id));
    }
    return found;
  },
  one: async () => (await client.searchOne("Patient", { _id: patient })).id,
  reference: async () => (await client.readReference({ reference: `Patient/${patient}` })).id,
  onceOnly: async () => {
    const resource = { ...mine, identifier: [{ system, value: made.id }] };
    const query = `identifier=${system}|${made.id}`;
    const first = await client.createResourceIfNoneExist(resource, query);
    const second = await client.createResourceIfNoneExist(resource, query);
    return first.id === second.id;
  },
  refused: async () => client.createResource({ ...mine, gender: "banana" }),
  absent: async () => client.readResource("Patient", "not-there"),
  batch: async () => {
    const entry = ["Patient/not-there", `Patient/${patient}`].map((url) => ({ request: { method: "GET", url } }));
    const answer = await client.executeBatch({ resourceType: "Bundle", type: "batch", entry });
    return answer.entry.map((each) => each.response.status.slice(0, 3));
  },
  gathered: async () => {
    // Several reads at once travel as one batch.
    const together = new MedplumClient({
      baseUrl: origin, fhirUrlPath: `${path}/`, fetch, cacheTime: 0, autoBatchTime: 20,
    });
    const asked = ["client-session-1", "client-session-2"].map((id) => together.readResource("Encounter", id));
    return (await Promise.all(asked)).map((resource) => resource.id);
  },
  course: async () => (await client.get(client.fhirUrl("Patient", patient, "$course"))).type,
  deleted: async () => {
    await client.deleteResource("Patient", made.id);
    return client.readResource("Patient", made.id, { cache: "reload" });
  },
  patched: async () => {
    const { id } = await client.createResource(mine);
    const patched = await client.patchResource("Patient", id, [{ op: "add", path: "/gender", value: "female" }]);
    return patched.gender;
  },
  upserted: async () => {
    const resource = { ...mine, identifier: [{ system, value: `${made.id}-put` }] };
    const query = `identifier=${system}|${made.id}-put`;
    const first = await client.upsertResource(resource, query);
    const second = await client.upsertResource({ ...resource, active: true }, query);
    return [first.id === second.id, second.meta.versionId];
  },
  everything: async () => (await client.readPatientEverything(patient)).type,
  validated: async () => (await client.validateResource(mine)).resourceType,
  expanded: async () => {
    const [set] = await client.searchResources("ValueSet", "_count=1");
    return (await client.valueSetExpand({ url: set.url })).resourceType;
  },
});
