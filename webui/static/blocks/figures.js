/** A statistic as a table: measures by up to three dimensions, changes, totals, how complete the data are, and what the
 * figures mean. A figure opens the records that it counts. */
import { useLive, useOpened, useWords } from "../injected.js";
import { Completeness, Definition } from "../figures/meaning.js";
import { figureTable } from "../figures/table.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { useLinked } from "../page/linked.js";
import { icon } from "../shell/icon.js";
import { ExportDialog } from "../table/export.js";
const { defineComponent, h, reactive } = Vue;

export default defineComponent({
  name: "BlockFigures",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, opened, linked] = [useWords(), useLive(), useOpened(), useLinked()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const id = () => block().statistic?.id ?? "";
    const at = () => `/api/v1/statistics/${id()}`;
    const asks = () => linked.asked(block());
    const { state, ask } = useAsked(() => ({ path: at(), query: asks(), watch: { kind: "statistic", id: id() } }));
    const shown = reactive({ meaning: false, exporting: false });
    Vue.watch(() => state.data, (data) => data && linked.told(data.labels));

    const titled = () => block().title || block().statistic?.title;
    return () => [head(titled(), tools()), state.fault ? faultBox(t, state.fault, ask) : null, ...(state.data ? told(state.data) : [loading()])];

    function loading() {
      return state.fault ? null : h("div", { class: "loading", role: "status" }, t("page.loading"));
    }
    /** @param {any} data */
    function told(data) {
      const category = { id: id(), title: titled(), columns: [] };
      return [
        figureTable(t, block(), asks(), data, opened),
        h("footer", { class: "figures-foot" }, [h(Completeness, { told: data.completeness }), age(t, data.as_of, live.state.connected)]),
        shown.meaning ? h(Definition, { lines: data.definition.text }) : null,
        shown.exporting ? h(ExportDialog, { category, at: at(), query: asks(), columns: [], countText: String(data.rows.length), onClose: () => (shown.exporting = false) }) : null,
      ];
    }
    function tools() {
      const meaning = { "aria-expanded": String(shown.meaning), onClick: () => (shown.meaning = !shown.meaning) };
      return [
        h(ElementPlus.ElButton, meaning, () => [icon("InfoFilled"), t("figures.meaning")]),
        block().export ? h(ElementPlus.ElButton, { onClick: () => (shown.exporting = true) }, () => [icon("Download"), t("table.export")]) : null,
      ];
    }
  },
});
