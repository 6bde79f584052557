/** The JSON API of our own server: one place that knows of the session's proof, of errors and of the login. */

/** What the server, or the way to it, had against a request. */
export class ApiError extends Error {
  /** @param {number} status 0 where no reply came @param {any} body */
  constructor(status, body) {
    super(body?.error || "");
    this.status = status;
    /** @type {string | undefined} */
    this.field = body?.field;
    /** @type {{field?: string, text: string}[]} */
    this.problems = body?.problems ?? [];
    /** @type {zc.Event[] | undefined} what others changed meanwhile, where that is what it is about */
    this.changes = body?.changes;
  }
}

/** @param {zc.Query} query @returns {string} with its question mark; empty for nothing */
export function written(query) {
  const pairs = Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value]));
  const text = new URLSearchParams(pairs).toString();
  return text ? `?${text}` : "";
}

/** @param {string} path @param {zc.Query} [query] @param {AbortSignal} [signal] @returns {Promise<any>} */
export function get(path, query = {}, signal) {
  return send(path + written(query), { headers: { Accept: "application/json" }, signal });
}

/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export function post(path, body = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-XSRF-Token": proof() };
  return send(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** @param {string} address @param {RequestInit} init */
async function send(address, init) {
  const response = await reached(address, init);
  const body = await response.json().catch(() => null);
  if (response.status === 401 && !location.pathname.startsWith("/login")) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  if (!response.ok) throw new ApiError(response.status, body);
  return body;
}

/** @param {string} address @param {RequestInit} init */
async function reached(address, init) {
  try {
    return await fetch(address, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw new ApiError(0, null);
  }
}

/** The value that proves that a POST comes from our page; read anew each time, since it changes at login. */
function proof() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("_xsrf="));
  return found ? decodeURIComponent(found.slice("_xsrf=".length)) : "";
}
