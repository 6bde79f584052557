/** Text: what the field holds, somewhere in it. */
import { held, holding, model, useTyped } from "./typed.js";
const { defineComponent, h } = Vue;

export const Text = defineComponent({
  name: "FilterText",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const name = () => `${props.filter.name}.like`;
    const typed = useTyped(() => held(props.query.all()[name()]?.[0]));
    const put = () => props.query.set({ [name()]: holding(typed.value.trim()) });
    return () => h(ElementPlus.ElInput, { ...model(typed), clearable: true, ariaLabel: props.filter.label, onChange: put, onClear: put });
  },
});
