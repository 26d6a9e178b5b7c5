// fhir-kit-client: every interaction that it has a method for.
import { Client } from "fhir-kit-client";
import { base, patient, tell } from "./steps.mjs";

const client = new Client({ baseUrl: base });
const json = { headers: { "content-type": "application/fhir+json" } };
const mine = { resourceType: "Patient", name: [{ family: "Kit" }] };
const system = "http://kit.example/ids";
let made;

function ids(bundle) {
  return (bundle.entry ?? []).map((entry) => entry.resource.id);
}

async function pages(bundle) {
  const found = [];
  for (let page = bundle, left = 20; page && left > 0; left -= 1) {
    found.push(ids(page));
    page = await client.nextPage({ bundle: page });
  }
  return found;
}

await tell({
  version: async () => (await client.capabilityStatement()).fhirVersion,
  pages: async () =>
    pages(await client.resourceSearch({ resourceType: "Encounter", searchParams: { patient, _count: 7 } })),
  posted: async () =>
    ids(
      await client.resourceSearch({
        resourceType: "Encounter",
        searchParams: { patient, _count: 50 },
        options: { postSearch: true },
      }),
    ).length,
  created: async () => {
    made = await client.create({ resourceType: "Patient", body: mine });
    return { version: made.meta.versionId, status: Client.httpFor(made).response.status };
  },
  read: async () => (await client.read({ resourceType: "Patient", id: made.id })).name[0].family,
  updated: async () => {
    const body = { ...made, active: true };
    return (await client.update({ resourceType: "Patient", id: made.id, body })).meta.versionId;
  },
  vread: async () =>
    (await client.vread({ resourceType: "Patient", id: made.id, version: "1" })).active ?? "absent",
  history: async () => ids(await client.resourceHistory({ resourceType: "Patient", id: made.id })).length,
  resolved: async () =>
    (await client.resolve({ reference: `Patient/${patient}` })).id,
  refused: async () =>
    client.create({ resourceType: "Patient", body: { ...mine, gender: "banana" } }),
  transaction: async () => {
    const body = {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        {
          fullUrl: "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059",
          resource: mine,
          request: { method: "POST", url: "Patient" },
        },
        {
          resource: {
            resourceType: "Observation",
            status: "final",
            code: { text: "weight" },
            subject: { reference: "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059" },
          },
          request: { method: "POST", url: "Observation" },
        },
      ],
    };
    return (await client.transaction({ body })).entry.map((entry) => entry.response.status.slice(0, 3));
  },
  batch: async () => {
    const entry = ["Patient/not-there", `Patient/${patient}`].map((url) => ({ request: { method: "GET", url } }));
    const body = { resourceType: "Bundle", type: "batch", entry };
    return (await client.batch({ body })).entry.map((each) => each.response.status.slice(0, 3));
  },
  course: async () =>
    (await client.operation({ name: "course", resourceType: "Patient", id: patient, method: "GET" })).type,
  onceOnly: async () => {
    const body = { ...mine, identifier: [{ system, value: made.id }] };
    const options = { headers: { "If-None-Exist": `identifier=${system}|${made.id}` } };
    const first = await client.create({ resourceType: "Patient", body, options });
    const second = await client.create({ resourceType: "Patient", body, options });
    return first.id === second.id;
  },
  deleted: async () => {
    await client.delete({ resourceType: "Patient", id: made.id });
    return client.read({ resourceType: "Patient", id: made.id });
  },
  patched: async () => {
    const { id } = await client.create({ resourceType: "Patient", body: mine });
    const jsonPatch = [{ op: "add", path: "/gender", value: "female" }];
    await client.patch({ resourceType: "Patient", id, jsonPatch });
    return (await client.read({ resourceType: "Patient", id })).gender;
  },
  conditionallyUpdated: async () => {
    const searchParams = { identifier: `${system}|${made.id}-put` };
    const body = { ...mine, identifier: [{ system, value: `${made.id}-put` }] };
    await client.update({ resourceType: "Patient", searchParams, body, options: json });
    const again = await client.update({
      resourceType: "Patient",
      searchParams,
      body: { ...body, active: true },
      options: json,
    });
    return again.meta.versionId;
  },
  compartment: async () =>
    ids(
      await client.compartmentSearch({
        resourceType: "Encounter",
        compartment: { resourceType: "Patient", id: patient },
        searchParams: { _count: 50 },
      }),
    ).length,
  typeHistory: async () => (await client.typeHistory({ resourceType: "Patient" })).type,
  systemHistory: async () => (await client.systemHistory()).type,
  systemSearch: async () =>
    ids(await client.systemSearch({ searchParams: { _type: "Patient", _id: patient } })),
});
