/** The socket through which pages learn that something changed. It says that, never what: pages ask the API again. */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const SILENCE_MS = 25000; // two heartbeats and a half
const GATHER_MS = 1000;
const NO_SESSION = 4401;

/**
 * @typedef {{kind: string, id: string, query: zc.Query, changed: () => void}} Watched
 * @typedef {{connected: boolean, lostSince: number | null, snapshot: number, noticed: number}} LiveState noticed: counts how often a notice may be new or read
 */

/** @param {number} snapshot */
export function createLive(snapshot) {
  /** @type {LiveState} */
  const state = Vue.reactive({ connected: false, lostSince: null, snapshot, noticed: 0 });
  /** @type {Map<number, Watched>} */
  const watched = new Map();
  const line = openLine(state, watched);
  let next = 1;

  /** @param {Watched} what @returns {() => void} call it to stop */
  function watch(what) {
    const number = next++;
    watched.set(number, what);
    line.announce();
    return () => {
      watched.delete(number);
      line.announce();
    };
  }
  return { state, watch };
}

/** @param {LiveState} state @param {Map<number, Watched>} watched */
function openLine(state, watched) {
  /** @type {WebSocket | null} */
  let socket = null;
  let wait = FIRST_WAIT_MS;
  let since = "";
  let silence = 0;
  let announcing = 0;
  const due = gathered(watched);

  function connect() {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ui/live`);
    socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => lost(event.code));
    listen();
  }
  /** @param {any} message */
  function hear(message) {
    listen();
    if (message.hello) greeted();
    since = message.at ?? since;
    state.snapshot = message.snapshot ?? state.snapshot;
    state.noticed += message.notices ? 1 : 0;
    message.changed?.forEach(due);
  }
  function greeted() {
    const back = state.lostSince !== null;
    Object.assign(state, { connected: true, lostSince: null });
    wait = FIRST_WAIT_MS;
    tell();
    if (back) [...watched.keys()].forEach(due);
    state.noticed += back ? 1 : 0;
  }
  /** @param {number} code */
  function lost(code) {
    clearTimeout(silence);
    state.connected = false;
    state.lostSince ??= Date.now();
    if (code === NO_SESSION) location.reload();
    else setTimeout(connect, wait + Math.random() * FIRST_WAIT_MS);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE_MS);
  }
  function tell() {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(asked(watched, since)));
  }
  const announce = () => (clearTimeout(announcing), (announcing = setTimeout(tell, 0)));
  connect();
  return { announce };
}

/** @param {Map<number, Watched>} watched @param {string} since the server's time of what was heard last */
function asked(watched, since) {
  const watch = [...watched].map(([block, { kind, id, query }]) => ({ block, kind, id, query }));
  return since ? { watch, since } : { watch };
}

/** Calls of the same watch within a second become one. @param {Map<number, Watched>} watched */
function gathered(watched) {
  /** @type {Set<number>} */
  const waiting = new Set();
  return /** @param {number} number */ (number) => {
    if (waiting.has(number)) return;
    waiting.add(number);
    setTimeout(() => {
      waiting.delete(number);
      watched.get(number)?.changed();
    }, GATHER_MS);
  };
}
