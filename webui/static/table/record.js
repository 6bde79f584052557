/** All of one record: its fields, the reasons of its verdict, its events. */
import { post } from "../door/api.js";
import { useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox, faultText } from "../page/fault.js";
import { headed, moment, shownCell, shownText } from "../page/shown.js";
import { icon } from "../shell/icon.js";
import { runButtons } from "./runs.js";
const { defineComponent, h, reactive, watch } = Vue;

export const Record = defineComponent({
  name: "ZcRecord",
  props: { category: { type: Object, required: true }, record: { type: [Number, String], required: true }, canAmend: Boolean },
  emits: ["amend", "changed"],
  setup(props, { emit }) {
    const t = useWords();
    const category = () => /** @type {zc.Category} */ (props.category);
    const revealed = reactive(/** @type {zc.Values} */ ({}));
    const { state, ask } = useAsked(() => ({ path: `/api/v1/categories/${category().id}/records/${props.record}`, query: {}, watch: { kind: "category", id: category().id } }));
    watch(() => props.record, () => Object.keys(revealed).forEach((name) => delete revealed[name]));
    const may = (/** @type {string} */ what) => category().actions.includes(what) && category().rights.includes(what);

    /** An act that needs a reason. @param {string} what @param {(why: string) => Promise<void>} act */
    async function withReason(what, act) {
      const said = await ElementPlus.ElMessageBox.prompt(t(`record.why_${what}`), t(`record.${what}`), { inputPattern: /\S/, inputErrorMessage: t("record.why_needed"), confirmButtonText: t(`record.${what}`), cancelButtonText: t("record.cancel") }).catch(() => null);
      if (!said) return;
      try {
        await act(said.value);
      } catch (error) {
        ElementPlus.ElMessage.error(faultText(t, error));
      }
    }
    const reveal = (/** @type {string} */ field) => withReason("reveal", async (why) => {
      revealed[field] = (await post(`/api/v1/entities/${category().entity.id}/${props.record}/reveal`, { field, why })).value;
    });
    const voided = () => withReason("void", async (why) => {
      await post(`/api/v1/entities/${category().entity.id}/${props.record}/void`, { why });
      emit("changed");
      await ask();
    });
    return () => {
      if (state.fault) return faultBox(t, state.fault, ask);
      const one = /** @type {zc.One | null} */ (state.data);
      if (!one) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      return h("div", { class: "record" }, [buttons(one), fields(one), reasons(t, one.explain), events(t, one.events)]);
    };

    /** @param {zc.One} one */
    function buttons(one) {
      const amend = props.canAmend && may("amend") ? h(ElementPlus.ElButton, { onClick: () => emit("amend", one) }, () => [icon("Edit"), t("record.amend")]) : null;
      const away = may("void") ? h(ElementPlus.ElButton, { type: "danger", plain: true, onClick: voided }, () => [icon("Delete"), t("record.void")]) : null;
      const print = h("a", { class: "button", href: `/print/categories/${category().id}/records/${props.record}`, target: "_blank", rel: "noopener" }, [icon("Printer"), t("table.print")]);
      return h("div", { class: "record-acts" }, [amend, ...runButtons(t, category(), one, () => void ask()), away, print]);
    }
    /** @param {zc.One} one */
    function fields(one) {
      return h("dl", { class: "facts" }, category().columns.map((column) =>
        h("div", { key: column.name }, [h("dt", headed(t, column)), h("dd", value(one, column))])));
    }
    /** @param {zc.One} one @param {zc.Column} column */
    function value(one, column) {
      const shown = column.name in revealed ? shownText(t, column, revealed[column.name], one.labels) : shownCell(t, column, one.record[column.name], one.labels);
      if (!one.masked.includes(column.name) || column.name in revealed) return [shown];
      return [shown, may("reveal") ? h("button", { type: "button", class: "link", onClick: () => reveal(column.name) }, t("record.reveal")) : h("span", { class: "hint" }, t("record.masked"))];
    }
  },
});

/** @param {import("../words.js").Words} t @param {zc.One["explain"]} lines */
function reasons(t, lines) {
  if (!lines.length) return null;
  return h("section", { class: "reasons", "data-testid": "explain" }, [
    h("h3", t("record.explain")),
    h("dl", { class: "facts" }, lines.map((line, at) => h("div", { key: at }, [h("dt", line.label), h("dd", line.text)]))),
  ]);
}

/** @param {import("../words.js").Words} t @param {zc.Event[]} list */
function events(t, list) {
  const change = (/** @type {zc.Event["changes"][number]} */ one) =>
    h("li", { key: one.field }, t("record.change", { label: one.label, before: one.before ?? t("sign.none"), after: one.after ?? t("sign.none") }));
  const line = (/** @type {zc.Event} */ event, /** @type {number} */ at) =>
    h("li", { key: at }, [
      h("div", [event.at ? h("time", moment(event.at)) : null, h("strong", event.what), h("span", { class: "hint" }, event.who)]),
      event.why ? h("p", t("record.reason", { why: event.why })) : null,
      event.changes?.length ? h("ul", event.changes.map(change)) : null,
    ]);
  return h("section", { class: "events" }, [h("h3", t("record.events")), list.length ? h("ol", list.map(line)) : h("p", { class: "hint" }, t("record.no_events"))]);
}
