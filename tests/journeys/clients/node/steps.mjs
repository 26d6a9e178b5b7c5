// Takes steps one after the other and prints what came of each, a refusal included, as one JSON object.

export const [base, patient] = process.argv.slice(2);

export async function tell(steps) {
  const came = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      came[name] = (await step()) ?? null;
    } catch (error) {
      came[name] = { error: String(error.message ?? error), ...told(error) };
    }
  }
  process.stdout.write(JSON.stringify(came));
}

// Each client says in its own way what the server answered.
function told(error) {
  const outcome = error.response?.data ?? error.outcome;
  return {
    status: error.response?.status ?? error.statusCode ?? error.status ?? null,
    outcome: outcome ?? null,
  };
}
