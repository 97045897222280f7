// Drives GraphiQL as a developer would and prints what it saw as JSON.
// node graphiql.mjs CHROMIUM PROFILE_FOLDER URL PERSONA [TASKS]      TASKS: JSON, [{persona, query, variables}]
import { chromium } from "playwright-core";

const [executablePath, profile, url, persona, tasks] = process.argv.slice(2);
const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", // Chromium has errands of its own; none leaves either
];

const seen = { requests: [], console: [], tokens: [], answers: [] };
const browser = await chromium.launchPersistentContext(profile, { executablePath, args });
try {
  browser.on("request", (request) => seen.requests.push(request.url()));
  browser.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  browser.on("weberror", (error) => seen.console.push(`error: ${error.error()}`));
  const page = browser.pages()[0];
  page.on("response", async (response) => {
    if (response.url().endsWith("/token")) seen.tokens.push((await response.json()).token);
  });

  await page.goto(url);
  await page.selectOption("#persona", persona);
  await page.waitForResponse((response) => response.url().endsWith("/graphql")); // the schema, asked for by itself
  // What is clicked before the example stands in the editor asks for nothing.
  await page.waitForFunction(() => document.querySelector(".graphiql-query-editor .CodeMirror")?.CodeMirror.getValue());
  await page.click(".graphiql-execute-button");
  const result = page.locator(".result-window .CodeMirror-code");
  await result.getByText(/"(data|errors)"/).first().waitFor();
  seen.result = await result.innerText();
  seen.kept = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  const shown = () => document.querySelector(".result-window .CodeMirror").CodeMirror.getValue();
  for (const task of JSON.parse(tasks ?? "[]")) {
    const schema = page.waitForResponse((response) => response.url().endsWith("/graphql"));
    await page.selectOption("#persona", task.persona);
    await schema;
    await page.evaluate(({ query, variables }) => {
      const editor = (place) => document.querySelector(`${place} .CodeMirror`).CodeMirror;
      editor(".graphiql-query-editor").setValue(query);
      editor(".graphiql-editor-tool").setValue(JSON.stringify(variables ?? {}));
      editor(".result-window").setValue("");
    }, task);
    await page.click(".graphiql-execute-button");
    while (!/"(data|errors)"/.test(await page.evaluate(shown))) await page.waitForTimeout(50); // the caller bounds it
    seen.answers.push(JSON.parse(await page.evaluate(shown)));
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
