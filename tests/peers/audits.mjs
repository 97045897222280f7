// Runs the audits of GraphQL over HTTP against a server and prints what each came to as JSON.
// node audits.mjs URL TOKEN
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);
// The audits know no token: without one, each of them would hear only that it is nobody.
const fetchFn = (to, asked = {}) =>
  fetch(to, { ...asked, headers: { ...asked.headers, authorization: `Bearer ${token}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason, response } = await audit.fn();
  results.push({ id, name, status, reason, answered: response?.status });
}
console.log(JSON.stringify(results));
