/** The greatest of a statistic: rank, name, bar, figure. A click opens the records behind a bar. */
import { useLive, useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { pageLink } from "../page/link.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h } = Vue;

export default defineComponent({
  name: "BlockRanking",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, opened] = [useWords(), useLive(), useOpened()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const { state, ask } = useAsked(() => ({ path: `/api/v1/statistics/${block().statistic?.id}`, query: block().query ?? {}, watch: { kind: "statistic", id: block().statistic?.id ?? "" } }));
    return () => [
      head(block().title || block().measure?.label, [age(t, state.data?.as_of, live.state.connected)]),
      state.fault ? faultBox(t, state.fault, ask) : state.data ? list() : h("div", { class: "loading", role: "status" }, t("page.loading")),
    ];

    function list() {
      const { by = "", measure } = block();
      const name = measure?.name ?? "count";
      const rows = state.data.rows.filter((/** @type {any} */ row) => row[name]);
      if (!rows.length) return h("div", { class: "empty" }, t("chart.none"));
      return h("ol", { class: "ranking" }, rows.map((/** @type {any} */ row, /** @type {number} */ at) => {
        const place = 1 + rows.findIndex((/** @type {any} */ one) => one[name] === row[name]); // equals share a rank
        return h("li", { key: row[by] ?? "", class: { first: place <= 3 } }, [
          h("span", { class: "rank" }, String(place)),
          h("span", { class: "rank-name" }, [linked(by, row[by])]),
          h("span", { class: "rank-bar", "aria-hidden": "true" }, [h("span", { style: { width: `${Math.max(1, (100 * row[name]) / rows[0][name])}%` } })]),
          h("span", { class: "rank-value" }, [grouped(row[name]), at ? null : h("small", measure?.unit)]),
        ]);
      }));
    }
    /** @param {string} by @param {any} key */
    function linked(by, key) {
      const { opens } = block();
      const text = dictionaryOf(block())[key]?.label ?? state.data.labels[by]?.[key] ?? String(key ?? t("sign.none"));
      return opens?.by && key !== null ? pageLink(opened, opens.page, { ...opens.query, [opens.by]: [String(key)] }, text) : text;
    }
  },
});

/** @param {zc.Block} block @returns {Record<string, zc.Tag>} */
const dictionaryOf = (block) => block.dimensions?.by?.dictionary ?? {};
