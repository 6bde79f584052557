/** One figure of a statistic, linked to the records behind it. */
import { addressOf } from "../opened.js";
import { useLive, useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age } from "../page/frame.js";
import { changes } from "../page/changed.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h } = Vue;

export default defineComponent({
  name: "BlockNumber",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, opened] = [useWords(), useLive(), useOpened()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const { state, ask } = useAsked(() => ({
      path: `/api/v1/statistics/${block().statistic?.id}`,
      query: block().query ?? {},
      watch: { kind: "statistic", id: block().statistic?.id ?? "" },
    }));
    return () => {
      if (state.fault) return faultBox(t, state.fault, ask);
      return [
        h("h2", { class: "number-title" }, block().title || block().measure?.label),
        h("p", { class: "figure" }, [linked(figure())]),
        why() ? h("p", { class: "figure-why" }, why()) : null,
        changes(t, block(), state.data),
        age(t, state.data?.as_of, live.state.connected),
      ];
    };

    /** The figure and its unit; what has no value is no nought. */
    function figure() {
      if (!state.data) return [t("sign.waiting")];
      const value = state.data.totals[measure()];
      return value === null ? [t("sign.none")] : [grouped(value), h("small", block().measure?.unit)];
    }
    /** @returns {string | undefined} */
    function why() {
      return state.data?.totals.why?.[measure()];
    }
    function measure() {
      return block().measure?.name ?? "count";
    }
    /** @param {any[]} content */
    function linked(content) {
      const { opens } = block();
      if (!opens) return h("span", content);
      const go = (/** @type {Event} */ event) => (event.preventDefault(), opened.open(opens.page, opens.query));
      return h("a", { href: addressOf(opens.page, opens.query), onClick: go }, content);
    }
  },
});
