/** The log: who did what, page after page, the newest first. */
import { useLive, useOpened, useTab, useWords } from "../injected.js";
import { grid } from "../desk/grid.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { moment } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
import { Conditions } from "../table/conditions.js";
import { createQuery } from "../table/query.js";
const { defineComponent, h, ref, watch } = Vue;

const PAGE = 20;
const COLOURS = /** @type {Record<string, string>} */ ({ login: "green", login_failed: "red", logout: "grey", export: "amber", reveal: "orange", session_ended: "orange", reset: "orange" });

export default defineComponent({
  name: "BlockLog",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const [t, live, tab, opened] = [useWords(), useLive(), useTab(), useOpened()];
    const asks = () => /** @type {any} */ ({ filters: props.block.filters, columns: [], sort: [] });
    const query = createQuery(tab, props.path, opened.ask, asks, () => PAGE);
    const marks = ref(/** @type {string[]} */ ([])); // those of the pages before the one shown
    const { state, ask } = useAsked(() => ({ path: "/api/v1/log", query: question() }));
    watch(() => JSON.stringify(query.conditions()), () => (marks.value = []));

    /** What is asked of the server: the conditions, of the block's kinds where none is chosen. @returns {zc.Query} */
    function question() {
      const chosen = query.conditions();
      const asked = /** @type {zc.Query} */ ({ ...chosen, limit: [String(PAGE)] });
      const mark = marks.value.at(-1);
      if (!chosen.kind && !chosen["kind.in"] && props.block.kinds.length) asked["kind.in"] = props.block.kinds;
      if (mark) asked.after = [mark];
      return asked;
    }
    const older = () => marks.value.push(state.data.after);
    const newer = () => marks.value.pop();
    const columns = [
      { label: t("log.at"), cell: (/** @type {any} */ line) => moment(line.at) },
      { label: t("log.kind"), cell: (/** @type {any} */ line) => h("span", { class: `tag tag-${COLOURS[line.kind] ?? "blue"}` }, line.label) },
      { label: t("log.who"), cell: (/** @type {any} */ line) => line.who || t("sign.none") },
      { label: t("log.address"), cell: (/** @type {any} */ line) => line.address || t("sign.none") },
      { label: t("log.what"), cell: (/** @type {any} */ line) => line.what || t("sign.none") },
      { label: t("log.detail"), cell: detail },
    ];
    return () => [
      head(props.block.title || t("log.title"), [iconButton("Refresh", t("table.refresh"), { onClick: ask })]),
      h(Conditions, { category: asks(), query, onAsk: ask }),
      state.fault ? faultBox(t, state.fault, ask) : null,
      state.data ? grid(t("log.title"), columns, state.data.lines, { key: (line) => line.id, none: t("log.none") }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
      h("footer", { class: "table-foot" }, [
        age(t, state.data?.as_of, live.state.connected),
        h("div", { class: "pager" }, [
          h(ElementPlus.ElButton, { disabled: !marks.value.length, onClick: newer }, () => t("log.newer")),
          h(ElementPlus.ElButton, { disabled: !state.data?.after, onClick: older }, () => t("log.older")),
        ]),
      ]),
    ];

    /** What more there is to a line. @param {any} line */
    function detail(line) {
      if (!line.detail.length) return t("sign.none");
      return h("dl", { class: "log-detail" }, line.detail.map((/** @type {{label: string, text: string}} */ one) =>
        h("div", { key: one.label }, [h("dt", one.label), h("dd", one.text)])));
    }
  },
});
