/** One box to ask by: what stands in it is asked with Enter or its button. */
const { defineComponent, h, ref, watch } = Vue;

export const Box = defineComponent({
  name: "ZcBox",
  props: { label: { type: String, required: true }, act: { type: String, required: true }, text: { type: String, default: "" }, hint: { type: String, default: "" }, least: { type: Number, default: 1 } },
  emits: ["ask"],
  setup(props, { emit }) {
    const typed = ref(props.text);
    watch(() => props.text, (text) => (typed.value = text));
    const asked = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (typed.value.trim().length >= props.least) emit("ask", typed.value.trim());
    };
    return () =>
      h("form", { class: "ask-box", role: "search", "aria-label": props.label, onSubmit: asked }, [
        h("input", { class: "plain-input", type: "search", "aria-label": props.label, placeholder: props.hint, maxlength: 64, value: typed.value, onInput: (/** @type {any} */ event) => (typed.value = event.target.value) }),
        h(ElementPlus.ElButton, { type: "primary", nativeType: "submit" }, () => props.act),
      ]);
  },
});
