/** Whose turn it is on a wall: every so many seconds the next title of its tabs, after the last one the next page. */

/** @typedef {() => boolean} Step shows what comes next; false where it is at its end and begins anew */

/** @param {(page: string) => void} open */
export function createTurns(open) {
  const state = Vue.reactive({ turning: false, paused: false });
  /** @type {Set<Step>} */
  const steps = new Set();
  let [clock, next] = [0, ""];

  function turn() {
    if (state.paused) return;
    const moved = [...steps].map((step) => step());
    if (next && !moved.some(Boolean)) open(next);
  }
  /** What the page says; said again with each snapshot. @param {number | null | undefined} seconds @param {string | null | undefined} page */
  function begin(seconds, page) {
    end();
    next = page ?? "";
    state.turning = Boolean(seconds);
    if (seconds) clock = setInterval(turn, seconds * 1000);
  }
  function end() {
    clearInterval(clock);
    state.turning = false;
  }
  /** @param {Step} step @returns {() => void} call it to stop */
  function take(step) {
    steps.add(step);
    return () => steps.delete(step);
  }
  const toggle = () => (state.paused = !state.paused);
  return { state, begin, end, take, toggle };
}
