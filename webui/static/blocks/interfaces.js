/** Interfaces with what came over them: traffic, last success, share of errors, codes, what is pulled. */
import { useLive, useMe, useOpened, useWords } from "../injected.js";
import { useOperation } from "../desk/asking.js";
import { grid } from "../desk/grid.js";
import { may, notAllowed } from "../desk/refused.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { grouped, moment } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, watch } = Vue;

const SHOWN_CODES = 4;
const COLOURS = /** @type {Record<string, string>} */ ({ good: "green", failing: "red", slow: "orange" });

export default defineComponent({
  name: "BlockInterfaces",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me, live, opened] = [useWords(), useMe(), useLive(), useOpened()];
    const { state, run } = useOperation("interface.list");
    const pulled = useOperation("pull");
    if (may(me, "interface.list")) watch(() => live.state.snapshot, () => run(), { immediate: true });
    async function pull(/** @type {string} */ id) {
      const done = await pulled.run({ interface: id });
      if (done) ElementPlus.ElMessage.success(t("interfaces.pulled", done));
      await run();
    }
    const go = (/** @type {string} */ page, /** @type {string} */ id) => opened.open(page, { interface: [id] });

    return () => {
      const title = props.block.title || t("interfaces.title");
      if (!may(me, "interface.list")) return [head(title), notAllowed(t)];
      return [
        head(title, [age(t, state.data?.as_of, live.state.connected), iconButton("Refresh", t("table.refresh"), { onClick: () => run() })]),
        state.fault ? faultBox(t, state.fault, () => run()) : null,
        pulled.state.fault ? h("div", { class: "error-box", role: "alert" }, pulled.state.fault) : null,
        state.data || !state.busy ? grid(title, columns(t, pulling, acts), state.data?.interfaces ?? [], { key: (row) => row.id, none: t("interfaces.none") }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
        h("p", { class: "hint" }, t("interfaces.foot")),
      ];
    };

    /** @param {any} row */
    function pulling(row) {
      if (!row.pull) return t("sign.none");
      const said = t("interfaces.every", { by: row.pull.by, partner: row.pull.partner, s: row.pull.every_s });
      const now = may(me, "pull") ? h("button", { type: "button", class: "link", disabled: pulled.state.busy, onClick: () => pull(row.id) }, t("interfaces.pull_now")) : null;
      return h("div", { title: said }, [row.pull.state ? h("span", { class: `tag tag-${row.pull.state === "failing" ? "red" : "blue"}` }, t(`interfaces.pull_${row.pull.state}`)) : when(t, row.pull.last_success), now]);
    }
    /** @param {any} row */
    function acts(row) {
      return h("div", { class: "desk-buttons" }, [
        may(me, "refusals") ? h("button", { type: "button", class: "link", "aria-label": t("interfaces.refusals_of", { name: row.title }), onClick: () => go("refusals", row.id) }, t("interfaces.refusals")) : null,
        may(me, "interface.try") ? h("button", { type: "button", class: "link", "aria-label": t("interfaces.workbench_of", { name: row.title }), onClick: () => go("workbench", row.id) }, t("interfaces.workbench")) : null,
      ]);
    }
  },
});

/** @param {import("../words.js").Words} t @param {(row: any) => any} pulling @param {(row: any) => any} acts @returns {import("../desk/grid.js").GridColumn[]} */
function columns(t, pulling, acts) {
  return [
    { label: t("interfaces.interface"), cell: (row) => named(t, row) },
    { label: t("interfaces.state"), cell: (row) => condition(t, row) },
    { label: t("interfaces.last_success"), cell: (row) => when(t, row.last_success) },
    { label: t("interfaces.last_failure"), cell: (row) => when(t, row.last_failure) },
    { label: t("interfaces.share"), right: true, cell: (row) => (row.error_share === null ? t("sign.none") : `${grouped(Math.round(row.error_share * 1000) / 10)}%`) },
    { label: t("interfaces.slow"), right: true, cell: (row) => (row.slow_s === null ? t("sign.none") : grouped(row.slow_s)) },
    { label: t("interfaces.posts"), right: true, cell: (row) => grouped(row.posts) },
    { label: t("interfaces.accepted"), right: true, cell: (row) => grouped(row.accepted) },
    { label: t("interfaces.duplicates"), right: true, cell: (row) => grouped(row.duplicates) },
    { label: t("interfaces.refused"), right: true, cell: (row) => grouped(row.refused) },
    { label: t("interfaces.codes"), cell: (row) => codes(t, row.codes) },
    { label: t("interfaces.pull"), cell: pulling },
    { label: t("table.acts"), acts: true, cell: acts },
  ];
}

/** @param {import("../words.js").Words} t @param {any} row */
function named(t, row) {
  const ways = [row.path, row.drop ? t("interfaces.drop") : "", row.format].filter(Boolean).join(" · ");
  return h("div", [h("strong", row.title), h("div", { class: "interface-path" }, ways)]);
}

/** @param {import("../words.js").Words} t @param {any} row */
function condition(t, row) {
  if (!row.active) return h("span", { class: "tag tag-grey" }, t("interfaces.off"));
  if (!row.state) return h("span", { class: "hint" }, t(row.posts ? "interfaces.few" : "interfaces.quiet"));
  return h("span", { class: `tag tag-${COLOURS[row.state] ?? "grey"}` }, t(`interfaces.state_${row.state}`));
}

/** @param {import("../words.js").Words} t @param {any[]} list */
function codes(t, list) {
  if (!list.length) return t("sign.none");
  const shown = list.slice(0, SHOWN_CODES).map((one) => h("span", { key: one.outcome, class: "tag tag-grey", title: one.meaning }, `${one.code || one.outcome} × ${grouped(one.count)}`));
  return h("div", { class: "codes" }, [...shown, list.length > SHOWN_CODES ? h("span", { class: "hint" }, t("interfaces.more_codes", { n: list.length - SHOWN_CODES })) : null]);
}

/** @param {import("../words.js").Words} t @param {string | null} value */
const when = (t, value) => (value ? moment(value) : t("sign.none"));
