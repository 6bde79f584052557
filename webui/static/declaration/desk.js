/** What somebody is working on: the declarations there are, the texts that are not in force yet, what they would do. */
import { operate } from "../door/operate.js";
import { faultText } from "../page/fault.js";
const { computed, onBeforeUnmount, reactive } = Vue;

const PAUSE_MS = 700;

/**
 * @typedef {{path: string, kind: string, id: string, title: string, help: string, there: boolean, text: string, base: string, beneath: {plugin: string, path: string, text: string} | null, schema: any}} Opened
 * @typedef {{opened: Opened, text: string | null}} Work text: null where the file is to be taken away
 * @typedef {ReturnType<typeof blank>} State
 * @typedef {ReturnType<typeof createDesk>} Desk
 */
const blank = () => ({
  kinds: /** @type {zc.DeclaredKind[]} */ ([]), problems: /** @type {zc.Problem[]} */ ([]), path: "", work: /** @type {Record<string, Work>} */ ({}),
  told: /** @type {zc.Told | null} */ (null), versions: /** @type {zc.Version[]} */ ([]), fault: "", busy: false, note: "", said: "",
});

/** @param {import("../words.js").Words} t */
export function createDesk(t) {
  const state = reactive(blank());
  const drafts = computed(() => Object.values(state.work).filter((one) => one.text !== one.opened.text));
  const current = computed(() => state.work[state.path]);
  const changes = () => drafts.value.map(({ opened, text }) => ({ path: opened.path, text, base: opened.base }));
  let [asked, pause] = [0, 0];
  onBeforeUnmount(() => clearTimeout(pause));

  /** Look at what the drafts would do. @param {boolean} trials */
  async function look(trials) {
    const mine = ++asked;
    const told = drafts.value.length ? await operate("declaration.check", { changes: changes(), trials }) : null;
    if (mine === asked) state.told = told;
  }
  /** @param {string | null} text */
  function typed(text) {
    if (!current.value || current.value.text === text) return;
    Object.assign(current.value, { text });
    state.said = "";
    clearTimeout(pause);
    pause = setTimeout(() => look(false).catch((error) => (state.fault = faultText(t, error))), PAUSE_MS);
  }
  /** @param {Record<string, any>[]} given @param {string} note */
  async function inForce(given, note) {
    clearTimeout(pause);
    asked++;
    await activated(state, t, given, note);
  }
  /** @param {zc.Version} version */
  async function restored(version) {
    const { path, text } = await operate("declaration.version", { id: version.id });
    const { opened } = state.work[path];
    state.work[path].text = text;
    await inForce([{ path, text, base: opened.base }], t("declaration.restored", { number: version.snapshot }));
  }
  async function discarded() {
    await fetched(state, state.path);
    await look(false);
  }
  /** @param {() => Promise<void>} work */
  const guarded = (work) => told(state, t, work);
  return {
    state, drafts, current, typed,
    begin: () => guarded(() => list(state)),
    open: (/** @type {string} */ path) => guarded(() => show(state, path)),
    check: () => guarded(() => look(true)),
    activate: () => guarded(() => inForce(changes(), state.note)),
    restore: (/** @type {zc.Version} */ version) => guarded(() => restored(version)),
    discard: () => guarded(discarded),
  };
}

/** Do something and tell what went wrong. @param {State} state @param {import("../words.js").Words} t @param {() => Promise<void>} work */
async function told(state, t, work) {
  Object.assign(state, { fault: "", said: "", busy: true });
  try {
    await work();
  } catch (error) {
    state.fault = faultText(t, error);
  } finally {
    state.busy = false;
  }
}

/** @param {State} state */
async function list(state) {
  const found = await operate("declaration.list");
  Object.assign(state, { kinds: found.kinds, problems: found.problems });
}

/** @param {State} state @param {string} path */
async function fetched(state, path) {
  const opened = await operate("declaration.open", { path });
  state.work[path] = { opened, text: opened.text };
}

/** @param {State} state @param {string} path */
async function show(state, path) {
  if (!state.work[path]) await fetched(state, path);
  state.versions = await operate("declaration.history", { path });
  state.path = path;
}

/** Put texts in force; where the server refuses, what it says is shown and the texts stay as they are.
 * @param {State} state @param {import("../words.js").Words} t @param {Record<string, any>[]} given @param {string} note */
async function activated(state, t, given, note) {
  const said = await operate("declaration.activate", { changes: given, note });
  state.told = said;
  if (!said.activated) return;
  for (const { path } of given) await fetched(state, path);
  await Promise.all([list(state), show(state, state.path)]);
  Object.assign(state, { note: "", said: t("declaration.activated", { number: said.number }) });
}
