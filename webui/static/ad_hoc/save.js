/** Keep a question as the declaration of a statistic, put in force as any other: with who and a note. */
import { operate } from "../door/operate.js";
import { problemList } from "../desk/problems.js";
import { useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
const { defineComponent, h, reactive } = Vue;

const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const TITLE = /^title: .*\n/;

export const Save = defineComponent({
  name: "ZcSaveStatistic",
  props: { declared: { type: String, required: true } },
  emits: ["close"],
  setup(props, { emit }) {
    const t = useWords();
    const state = reactive({ id: "", title: "", note: "", fault: "", busy: false, problems: /** @type {zc.Problem[]} */ ([]) });
    const ready = () => NAME.test(state.id) && state.title.trim() && state.note.trim();

    async function save() {
      Object.assign(state, { busy: true, fault: "", problems: [] });
      try {
        const file = await operate("declaration.open", { path: `config/statistics/${state.id}.yaml` });
        if (file.there || file.beneath) return void (state.fault = t("ad_hoc.save_there", { id: state.id }));
        const text = `title: ${JSON.stringify(state.title.trim())}\n${props.declared.replace(TITLE, "")}`;
        const done = await operate("declaration.activate", { changes: [{ path: file.path, text, base: file.base }], note: state.note });
        if (!done.activated) return void (state.problems = done.problems);
        ElementPlus.ElMessage.success(t("ad_hoc.saved", { id: state.id, n: done.number }));
        emit("close");
      } catch (error) {
        state.fault = faultText(t, error);
      } finally {
        state.busy = false;
      }
    }
    const line = (/** @type {"id" | "title" | "note"} */ name, /** @type {number} */ most) =>
      h("div", { class: "field" }, [
        h("label", { for: `save-${name}` }, t(`ad_hoc.save_${name}`)),
        h("input", { id: `save-${name}`, class: "plain-input", maxlength: most, value: state[name], onInput: (/** @type {any} */ event) => (state[name] = event.target.value) }),
      ]);
    return () =>
      h(ElementPlus.ElDialog, { modelValue: true, title: t("ad_hoc.save"), width: "min(520px, 94vw)", appendToBody: true, "onUpdate:modelValue": () => emit("close") }, {
        default: () => [
          h("p", { class: "hint" }, t("ad_hoc.save_hint")),
          line("id", 40), line("title", 60), line("note", 200),
          state.fault ? h("div", { class: "error-box", role: "alert" }, state.fault) : null,
          state.problems.length ? problemList(t, state.problems) : null,
        ],
        footer: () => [
          h(ElementPlus.ElButton, { onClick: () => emit("close") }, () => t("ad_hoc.cancel")),
          h(ElementPlus.ElButton, { type: "primary", disabled: !ready(), loading: state.busy, onClick: save }, () => t("ad_hoc.save_act")),
        ],
      });
  },
});
