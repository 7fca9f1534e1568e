/** The sandbox's control API, the same that programs use. */

const BASE = new URL("_sandbox/", document.baseURI);

/** The sandbox gave no answer at all: it has probably ended. */
export class Gone extends Error {}

/**
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {object | null} [body] null is sent as such
 * @returns {Promise<any>} the answer's JSON
 */
export async function call(method, path, body) {
  const response = await fetch(new URL(path, BASE), {
    method,
    headers:
      body === undefined ? undefined : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
  }).catch(() => {
    throw new Gone("The sandbox does not answer. Is it still running?");
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
}
