/** The workbench: a body through the five steps, nothing stored; what was tried can be kept as a trial. */
import { useMe, useOpened, useTab, useWords } from "../injected.js";
import { choice } from "../desk/choice.js";
import { useOperation } from "../desk/asking.js";
import { may, notAllowed } from "../desk/refused.js";
import { problemList } from "../desk/problems.js";
import { SaveTrial } from "../desk/save_trial.js";
import { steps } from "../desk/steps.js";
import { faultBox } from "../page/fault.js";
import { head } from "../page/frame.js";
import { moment } from "../page/shown.js";
import { icon } from "../shell/icon.js";
const { computed, defineComponent, h, reactive, watch } = Vue;

export default defineComponent({
  name: "BlockWorkbench",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me, tab, opened] = [useWords(), useMe(), useTab(), useOpened()];
    const [listed, kept, tried] = [useOperation("interface.list"), useOperation("interface.bodies"), useOperation("interface.try")];
    const typed = reactive({ partner: "", body: "", taken: /** @type {number | undefined} */ (undefined) });
    const chosen = computed(() => tab.query.interface?.[0] ?? "");
    const one = computed(() => listed.state.data?.interfaces.find((/** @type {any} */ row) => row.id === chosen.value));
    const allowed = may(me, "interface.try") && may(me, "interface.list");

    async function load() {
      const first = (await listed.run())?.interfaces[0];
      if (first && !one.value) opened.ask(tab, { interface: [first.id] });
    }
    async function follow() {
      Object.assign(typed, { partner: "", taken: undefined });
      tried.clear();
      if (!chosen.value || !may(me, "interface.bodies")) return;
      const wanted = tab.query.refusal?.[0];
      const found = await kept.run({ interface: chosen.value, ...(wanted ? { refusal: Number(wanted) } : {}) });
      if (wanted && found?.length) take(found[0].id);
    }
    /** @param {number | undefined} id of a kept body */
    function take(id) {
      const found = kept.state.data?.find((/** @type {any} */ row) => row.id === id);
      if (!found) return;
      const known = one.value?.partners.find((/** @type {any} */ partner) => partner.id === found.partner);
      Object.assign(typed, { taken: id, body: pretty(found.body), partner: known?.id ?? "" });
      tried.clear();
    }
    const run = () => tried.run({ interface: chosen.value, body: typed.body, ...(typed.partner ? { partner: typed.partner } : {}) });
    if (allowed) {
      watch(() => [tab.query.interface?.[0], tab.query.refusal?.[0]].join("/"), follow, { immediate: true });
      load();
    }
    return () => [
      head(props.block.title || t("workbench.title")),
      allowed ? h("p", { class: "hint desk-intro" }, t("workbench.intro")) : notAllowed(t),
      listed.state.fault ? faultBox(t, listed.state.fault, load) : null,
      listed.state.data ? h("div", { class: "bench" }, [form(), outcome(t, tried.state)]) : null,
    ];

    function form() {
      return h("form", { class: "bench-form", onSubmit: (/** @type {Event} */ event) => (event.preventDefault(), run()) }, [
        h("div", { class: "pair" }, [
          choice(t, tab, "interface", listed.state.data.interfaces.map(titled), chosen.value, (value) => opened.ask(tab, { interface: [value] })),
          choice(t, tab, "partner", (one.value?.partners ?? []).map(titled), typed.partner, (value) => (typed.partner = value ?? ""), true),
        ]),
        may(me, "interface.bodies") ? choice(t, tab, "kept", (kept.state.data ?? []).map(keptChoice), typed.taken, take) : null,
        bodyBox(t, tab, typed, one.value?.format),
        h("div", { class: "desk-buttons" }, [h(ElementPlus.ElButton, { type: "primary", nativeType: "submit", loading: tried.state.busy, disabled: !chosen.value }, () => t("workbench.try"))]),
        may(me, "trial.save") && tried.state.data?.read ? h(SaveTrial, { interface: chosen.value, body: typed.body }) : null,
      ]);
    }
  },
});

/** The fields of a kept body's line in the list. @param {any} row @returns {{value: number, label: string}} */
const keptChoice = (row) => ({ value: row.id, label: [moment(row.at), row.partner, row.meaning, row.field].filter(Boolean).join(" · ") });

/** @param {any} row @returns {{value: string, label: string}} */
const titled = (row) => ({ value: row.id, label: row.title });

/** @param {import("../words.js").Words} t @param {any} state */
function outcome(t, state) {
  if (state.fault) return h("div", [h("div", { class: "error-box", role: "alert" }, state.fault)]);
  if (state.data?.problems) return problemList(t, state.data.problems);
  return state.data ? steps(t, state.data) : h("div", { class: "bench-none" }, [icon("Finished"), h("p", t("workbench.before"))]);
}

/** @param {import("../words.js").Words} t @param {zc.Tab} tab @param {{body: string}} typed @param {string | undefined} format */
function bodyBox(t, tab, typed, format) {
  return h("div", { class: "field" }, [
    h("label", { for: `body-${tab.id}` }, t("workbench.body")),
    h("textarea", { id: `body-${tab.id}`, class: "plain-input code", rows: 16, spellcheck: false, required: true, value: typed.body, placeholder: format ? t("workbench.paste", { format }) : "", onInput: (/** @type {any} */ event) => (typed.body = event.target.value) }),
  ]);
}

/** @param {string} body */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
