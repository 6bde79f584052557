/** A number between two bounds, both included; either may be left out. */
import { useWords } from "../injected.js";
import { useTyped } from "./typed.js";
const { defineComponent, h } = Vue;

export const Range = defineComponent({
  name: "FilterRange",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const bound = (/** @type {"from" | "to"} */ end) => {
      const name = () => `${props.filter.name}.${end}`;
      const typed = useTyped(() => props.query.all()[name()]?.[0] ?? "");
      return () =>
        h("input", {
          type: "number", class: "plain-input", step: "any", value: typed.value, placeholder: t(`filter.${end}`),
          "aria-label": t(`filter.${end}_of`, { label: props.filter.label }),
          onChange: (/** @type {any} */ event) => props.query.set({ [name()]: event.target.value }),
        });
    };
    const [from, to] = [bound("from"), bound("to")];
    return () => h("div", { class: "range" }, [from(), h("span", { "aria-hidden": "true" }, t("sign.to")), to()]);
  },
});
