/** Keep what was tried as a trial beside the interface: it must come to the same from then on. */
import { useTab, useWords } from "../injected.js";
import { useOperation } from "./asking.js";
import { problemList } from "./problems.js";
const { defineComponent, h, ref, watch } = Vue;

export const SaveTrial = defineComponent({
  name: "ZcSaveTrial",
  props: { interface: { type: String, required: true }, body: { type: String, required: true } },
  setup(props) {
    const [t, tab] = [useWords(), useTab()];
    const { state, run, clear } = useOperation("trial.save");
    const title = ref("");
    const id = `trial-${tab.id}`;
    watch(() => props.body, clear);

    async function save() {
      const done = await run({ interface: props.interface, title: title.value, body: props.body });
      if (!done?.activated) return;
      title.value = "";
      ElementPlus.ElMessage.success(t("workbench.saved", { file: done.file, n: done.number }));
    }
    return () => [
      h("div", { class: "bench-save" }, [
        h("div", { class: "field" }, [
          h("label", { for: id }, t("workbench.trial")),
          h("input", { id, class: "plain-input", maxlength: 80, value: title.value, placeholder: t("workbench.trial_example"), onInput: (/** @type {any} */ event) => (title.value = event.target.value) }),
        ]),
        h(ElementPlus.ElButton, { disabled: !title.value.trim(), loading: state.busy, onClick: save }, () => t("workbench.save")),
        h("p", { class: "hint" }, t("workbench.trial_help")),
      ]),
      state.fault ? h("div", { class: "error-box", role: "alert" }, state.fault) : null,
      state.data && !state.data.activated ? problemList(t, state.data.problems) : null,
    ];
  },
});
