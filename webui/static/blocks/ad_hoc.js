/** Questions that nobody declared: pick an entity, dimensions, measures and conditions; the address keeps the question. */
import { answer } from "../ad_hoc/answer.js";
import { picks } from "../ad_hoc/picks.js";
import { Save } from "../ad_hoc/save.js";
import { useLive, useOpened, useTab, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { iconButton } from "../shell/icon.js";
import { Conditions } from "../table/conditions.js";
import { ExportDialog } from "../table/export.js";
const { defineComponent, h, ref } = Vue;

const PICKS = ["entity", "by", "measure", "within", "shape"];
const MOST_ROWS = 200;

export default defineComponent({
  name: "BlockAdHoc",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, live, tab, opened] = [useWords(), useLive(), useTab(), useOpened()];
    const [exporting, saving] = [ref(false), ref(false)];
    const picked = (/** @type {string} */ name) => tab.query[name] ?? [];
    const entity = () => picked("entity").slice(0, 1);
    const offered = useAsked(() => ({ path: "/api/v1/ad-hoc/offered", query: { entity: entity() } }));
    const what = () => (offered.state.data?.entity?.id === entity()[0] ? offered.state.data?.entity : null);
    const query = conditionsOf(tab, opened);
    const asks = () => ({ ...query.conditions(), entity: entity(), by: picked("by"), measure: picked("measure"), within: picked("within") });
    const found = useAsked(() => (entity().length && picked("measure").length ? { path: "/api/v1/ad-hoc", query: { ...asks(), top: [String(MOST_ROWS)] } } : null));

    function put(/** @type {string} */ name, /** @type {string[]} */ values) {
      const next = name === "entity" ? { measure: ["count"] } : { ...tab.query };
      opened.ask(tab, without({ ...next, [name]: values }));
    }
    const tools = () => [
      age(t, found.state.data?.as_of, live.state.connected),
      what()?.export && found.state.data ? iconButton("Download", t("table.export"), { onClick: () => (exporting.value = true) }) : null,
      offered.state.data?.save && found.state.data ? h(ElementPlus.ElButton, { onClick: () => (saving.value = true) }, () => t("ad_hoc.save")) : null,
    ];
    return () => [
      head(props.block.title || t("ad_hoc.title"), tools()),
      offered.state.fault ? faultBox(t, offered.state.fault, offered.ask) : null,
      offered.state.data ? picks(t, tab, offered.state.data.entities, what(), picked, put) : h("div", { class: "loading", role: "status" }, t("page.loading")),
      what() ? h(Conditions, { key: what().id, category: { filters: what().filters, columns: [] }, query, onAsk: found.ask }) : null,
      found.state.fault ? faultBox(t, found.state.fault, found.ask) : shown(),
      exporting.value ? h(ExportDialog, { category: { ...what(), columns: [] }, at: `/api/v1/ad-hoc/${what().id}`, query: asks(), columns: [], countText: String(found.state.data?.rows.length ?? 0), onClose: () => (exporting.value = false) }) : null,
      saving.value ? h(Save, { declared: found.state.data.declared, onClose: () => (saving.value = false) }) : null,
    ];

    function shown() {
      if (!entity().length || !picked("measure").length) return h("p", { class: "hint box-hint" }, t("ad_hoc.begin"));
      if (!found.state.data) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      return h("div", { class: ["ad-hoc", { busy: found.state.loading }], "aria-live": "polite" }, answer(t, found.state.data, picked("shape")[0] ?? "bar", MOST_ROWS));
    }
  },
});

/** What the address asks beside the picks, as a list has its conditions. @param {zc.Tab} tab @param {any} opened */
function conditionsOf(tab, opened) {
  const own = () => Object.fromEntries(Object.entries(tab.query).filter(([name]) => PICKS.includes(name)));
  const conditions = () => Object.fromEntries(Object.entries(tab.query).filter(([name]) => !PICKS.includes(name)));
  const set = (/** @type {Record<string, any>} */ changes) => opened.ask(tab, without({ ...tab.query, ...changes }));
  return { all: conditions, conditions, set, clear: () => opened.ask(tab, own()) };
}

/** The names that have values. @param {Record<string, any>} query @returns {zc.Query} */
function without(query) {
  const listed = Object.entries(query).map(([name, values]) => [name, values === null || values === "" ? [] : [values].flat()]);
  return Object.fromEntries(listed.filter(([, values]) => values.length));
}
