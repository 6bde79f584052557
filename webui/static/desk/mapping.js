/** The text of an interface's mapping: looked at with what is at hand, then put in force through the same reload. */
import { useMe, useTab, useWords } from "../injected.js";
import { faultBox } from "../page/fault.js";
import { useOperation } from "./asking.js";
import { problemList } from "./problems.js";
import { may } from "./refused.js";
const { defineComponent, h, onBeforeUnmount, ref, watch } = Vue;

export const Mapping = defineComponent({
  name: "ZcMapping",
  props: { interface: { type: String, required: true }, busy: Boolean },
  emits: ["try", "saved", "typed"],
  setup(props, { emit, slots }) {
    const [t, me, tab] = [useWords(), useMe(), useTab()];
    const [read, saving] = [useOperation("interface.text"), useOperation("interface.save")];
    const [text, note] = [ref(""), ref("")];
    const box = ref(/** @type {HTMLTextAreaElement | null} */ (null));
    const id = `mapping-${tab.id}`;
    const saves = may(me, "interface.save");

    async function load() {
      const found = await read.run({ interface: props.interface });
      if (found) text.value = found.text;
    }
    if (may(me, "interface.text")) load();
    const isEdited = () => read.state.data !== null && text.value !== read.state.data.text;
    watch([text, () => read.state.data], () => (saving.clear(), emit("typed"), (tab.dirty = isEdited())));
    onBeforeUnmount(() => (tab.dirty = false));

    async function save() {
      const done = await saving.run({ interface: props.interface, text: text.value, base: read.state.data.base, note: note.value });
      if (!done?.activated) return;
      await load();
      note.value = "";
      ElementPlus.ElMessage.success(t("desk.activated", { n: done.number }));
      emit("saved");
    }
    return () => {
      if (!may(me, "interface.text")) return null;
      if (read.state.fault) return faultBox(t, read.state.fault, load);
      if (!read.state.data) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      const refused = saving.state.data && !saving.state.data.activated;
      return h("div", { class: "mapping" }, [
        h("label", { for: id }, [t("desk.mapping"), h("code", read.state.data.file)]),
        h("textarea", { id, ref: box, class: "plain-input code", rows: 18, spellcheck: false, wrap: "off", value: text.value, readonly: !saves, onInput: (/** @type {any} */ event) => (text.value = event.target.value) }),
        h("p", { class: "hint" }, t(isEdited() ? "desk.edited" : "desk.in_force")),
        saves ? noteInput(t, note) : null,
        h("div", { class: "desk-buttons" }, buttons()),
        saving.state.fault ? h("div", { class: "error-box", role: "alert" }, saving.state.fault) : null,
        refused ? problemList(t, saving.state.data.problems, (line) => goTo(box.value, line)) : null,
      ]);
    };

    function buttons() {
      const edited = isEdited();
      return [
        h(ElementPlus.ElButton, { type: "primary", loading: props.busy, onClick: () => emit("try", edited ? text.value : null) }, () => t("desk.dry_run")),
        saves ? h(ElementPlus.ElButton, { disabled: !edited, loading: saving.state.busy, onClick: save }, () => t("desk.activate")) : null,
        edited ? h(ElementPlus.ElButton, { onClick: () => (text.value = read.state.data.text) }, () => t("desk.undo")) : null,
        slots.more?.(),
      ];
    }
  },
});

/** @param {import("../words.js").Words} t @param {import("vue").Ref<string>} note */
const noteInput = (t, note) => h("input", { class: "plain-input", maxlength: 200, value: note.value, placeholder: t("desk.note"), "aria-label": t("desk.note"), onInput: (/** @type {any} */ event) => (note.value = event.target.value) });

/** Mark a line of the text. @param {HTMLTextAreaElement | null} box @param {number} line counted from 1 */
function goTo(box, line) {
  if (!box) return;
  const lines = box.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  box.focus();
  box.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
