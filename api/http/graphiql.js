"use strict";

(() => {
  const place = document.getElementById("graphiql");
  const chooser = document.getElementById("persona");
  const status = document.getElementById("status");
  const root = ReactDOM.createRoot(place);

  const EXAMPLE = `{
  cases(first: 5) {
    nodes {
      number
      title
      state
    }
  }
}
`;
  const CHOOSE = {
    errors: [{ message: "Choisissez en haut au nom de qui agir. Choose above whom to act as." }],
  };

  async function issue(persona) {
    const response = await fetch("token", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Baraza": "graphiql" },
      body: JSON.stringify({ persona }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer.token;
  }

  // The headers typed into GraphiQL's own pane come last: a seat, another language, a key of one's own.
  function headersFor(options) {
    const headers = new Headers({
      Accept: "application/graphql-response+json, application/json",
      "Accept-Language": "fr",
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(), // each press of the button is an act of its own; a query has no use for it
    });
    for (const [name, value] of Object.entries(options?.headers ?? {})) headers.set(name, value);
    return headers;
  }

  // The token lives in this closure and nowhere else. One that ran out is renewed once, under the same key.
  function fetcherFor(persona, token) {
    return async (params, options) => {
      const headers = headersFor(options);
      const typed = headers.has("Authorization");
      const post = () => {
        if (!typed) headers.set("Authorization", `Bearer ${token}`);
        return fetch(place.dataset.endpoint, { method: "POST", headers, body: JSON.stringify(params) });
      };
      let response = await post();
      if (response.status === 401 && !typed) {
        token = await issue(persona);
        response = await post();
      }
      return response.json();
    };
  }

  // A new key clears the result: what one persona saw is not shown under another's name. What was typed stays in this
  // tab's session and goes with it; nothing is written for the next user of the browser.
  function render(persona, fetcher, schema) {
    root.render(
      React.createElement(GraphiQL, {
        key: persona,
        fetcher,
        schema,
        defaultQuery: EXAMPLE,
        storage: sessionStorage,
        inputValueDeprecation: true,
        schemaDescription: true,
      }),
    );
  }

  async function choose() {
    const persona = chooser.value;
    status.textContent = "";
    if (!persona) return render(persona, async () => CHOOSE, null);
    try {
      const token = await issue(persona);
      if (chooser.value === persona) render(persona, fetcherFor(persona, token));
    } catch (error) {
      chooser.value = "";
      await choose();
      status.textContent = error.message;
    }
  }

  chooser.addEventListener("change", choose);
  choose();
})();
