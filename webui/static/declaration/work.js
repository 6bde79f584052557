/** The declaration that is open: its text, what can be done with it, and what is told of it. */
import { Editor } from "./editor.js";
import { Form } from "./form.js";
import * as told from "./told.js";
const { h } = Vue;

/**
 * @typedef {{t: import("../words.js").Words, desk: import("./desk.js").Desk, pane: {value: string}, view: {value: string}, editor: any, ids: Record<string, string[]>, all: zc.Problem[], go: (one: zc.Problem) => void}} Context
 * @param {Context} context
 */
export function work(context) {
  const { t, desk, editor, ids, all } = context;
  const { opened: file, text } = desk.current.value;
  return [
    h("header", { class: "desk-head" }, [h("h3", { title: file.help }, t("declaration.heading", { title: file.title, id: file.id })), h("code", file.path), views(context)]),
    text === null
      ? h("p", { class: "desk-gone" }, t(file.beneath ? "declaration.will_return" : "declaration.will_go"))
      : context.view.value === "form"
      ? h(Form, { key: file.path, path: file.path, text, schema: file.schema, ids, onTyped: desk.typed })
      : h(Editor, { key: file.path, ref: editor, text, label: t("declaration.text_of", { path: file.path }), schema: file.schema, ids, problems: all.filter((one) => one.file === file.path), onTyped: desk.typed, onSave: desk.check }),
    file.beneath ? h("details", { key: file.path, class: "desk-beneath", open: !file.there }, [h("summary", t("declaration.beneath", { path: file.beneath.path })), h("pre", { tabindex: 0 }, file.beneath.text)]) : null,
    actions(context, file, text),
    panes(context),
  ];
}

/** @param {Context} context */
function views({ t, view }) {
  const choices = ["text", "form"].map((one) => h(ElementPlus.ElRadioButton, { key: one, value: one }, () => t(`declaration.as_${one}`)));
  return h(ElementPlus.ElRadioGroup, { class: "desk-views", size: "small", modelValue: view.value, ariaLabel: t("declaration.view"), "onUpdate:modelValue": (/** @type {string} */ to) => (view.value = to) }, () => choices);
}

/** @param {Context} context @param {import("./desk.js").Opened} file @param {string | null} text */
function actions({ t, desk }, file, text) {
  const [number, { state }] = [desk.drafts.value.length, desk];
  const button = (/** @type {string} */ word, /** @type {boolean} */ off, /** @type {() => void} */ act, /** @type {Record<string, any>} */ more = {}) =>
    h(ElementPlus.ElButton, { disabled: off || state.busy, onClick: act, ...more }, () => t(`declaration.${word}`, { n: number }));
  const isRemovable = file.there && text !== null && file.kind !== "site";
  return h("div", { class: "desk-actions" }, [
    h("input", { class: "plain-input", value: state.note, maxlength: 200, placeholder: t("declaration.note"), "aria-label": t("declaration.note"), onInput: (/** @type {any} */ event) => (state.note = event.target.value) }),
    button(number > 1 ? "activate_all" : "activate", !number || !state.note.trim(), desk.activate, { type: "primary" }),
    button("check", !number, desk.check),
    button("discard", text === file.text, desk.discard),
    isRemovable ? button(file.beneath ? "return" : "remove", false, () => desk.typed(null)) : null,
    h("p", { class: "hint" }, t("declaration.keys")),
  ]);
}

/** @param {Context} context */
function panes({ t, desk, pane, all, go }) {
  const { state } = desk;
  const shown = {
    problems: () => told.problems(t, all, go),
    changes: () => told.changes(t, state.told),
    trials: () => told.trials(t, state.told),
    history: () => told.history(t, state.versions, state.busy, desk.restore),
  };
  return h(ElementPlus.ElTabs, { modelValue: pane.value, "onUpdate:modelValue": (/** @type {string} */ to) => (pane.value = to) }, () =>
    Object.entries(shown).map(([name, content]) => h(ElementPlus.ElTabPane, { key: name, name, label: t(`declaration.${name}`, { n: all.length }) }, { default: content })));
}
