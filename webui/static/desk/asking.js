/** The state of an operation that a block runs: what it gave, what went wrong, whether it is still under way. */
import { operate } from "../door/operate.js";
import { useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
const { reactive } = Vue;

/** @returns {{state: {data: any, fault: string, busy: boolean, line: string}, run: (given?: zc.Values) => Promise<any>, clear: () => void}}
 * @param {string} name */
export function useOperation(name) {
  const t = useWords();
  const state = reactive({ data: /** @type {any} */ (null), fault: "", busy: false, line: "" });
  let asked = 0;

  async function run(/** @type {zc.Values} */ given = {}) {
    const mine = (asked += 1);
    Object.assign(state, { busy: true, fault: "", line: "" });
    try {
      const data = await operate(name, given, (line) => (state.line = line));
      if (mine === asked) state.data = data;
      return data;
    } catch (error) {
      if (mine === asked) Object.assign(state, { data: null, fault: faultText(t, error) });
      return null;
    } finally {
      if (mine === asked) state.busy = false;
    }
  }
  function clear() {
    asked += 1;
    Object.assign(state, { data: null, fault: "", busy: false, line: "" });
  }
  return { state, run, clear };
}
