/** Data that a block asked for: at first, when what it asks changes, when the server says that something is new. The
 * answer of an older question never replaces that of a newer one. */
import { ApiError, get } from "../door/api.js";
import { useLive, useWall, useWords } from "../injected.js";
import { faultText } from "./fault.js";
const { onBeforeUnmount, reactive, watch } = Vue;

const EVERY_MS = 60_000; // on a wall, where nobody asks again and windows of time move on

/** Whether it may be over soon without anybody's doing. @param {unknown} error */
const passes = (error) => error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/**
 * @typedef {{path: string, query: zc.Query, watch?: {kind: string, id: string}}} Question
 * @param {() => Question | null} question null: nothing to ask; `state.of` is the one that `state.data` answers, as JSON
 */
export function useAsked(question) {
  const [t, live, wall] = [useWords(), useLive(), useWall()];
  const state = reactive({ data: /** @type {any} */ (null), fault: "", loading: false, at: 0, of: "" });
  /** @type {AbortController | null} */
  let running = null;
  let unwatch = () => {};

  async function ask() {
    const asked = question();
    running?.abort();
    if (!asked) return;
    const mine = (running = new AbortController());
    state.loading = true;
    try {
      const data = await get(asked.path, asked.query, mine.signal);
      Object.assign(state, { data, fault: "", at: Date.now(), of: JSON.stringify(asked) });
    } catch (error) {
      if (mine.signal.aborted) return;
      state.fault = wall && state.data && passes(error) ? "" : faultText(t, error); // what is there says how old it is
    } finally {
      if (running === mine) state.loading = false;
    }
  }
  function follow() {
    unwatch();
    const asked = question();
    unwatch = asked?.watch ? live.watch({ ...asked.watch, query: asked.query, changed: ask }) : () => {};
    ask();
  }
  watch(() => JSON.stringify(question()), follow, { immediate: true });
  const clock = wall ? setInterval(ask, EVERY_MS) : 0;
  onBeforeUnmount(() => {
    clearInterval(clock);
    unwatch();
    running?.abort();
  });
  return { state, ask };
}
