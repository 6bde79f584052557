/** A plate: exactly, a part of it, or one that a camera could have mistaken for it. */
import { held, holding, model, useTyped } from "./typed.js";
import { useWords } from "../injected.js";
const { defineComponent, h } = Vue;

const TESTS = /** @type {Record<string, string>} */ ({ exact: "", part: ".like", alike: ".alike" });

export const Plate = defineComponent({
  name: "FilterPlate",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const ways = Object.keys(TESTS);
    const asked = () => ways.find((way) => props.query.all()[props.filter.name + TESTS[way]]);
    const way = useTyped(() => asked() ?? "part");
    const typed = useTyped(() => held(props.query.all()[props.filter.name + TESTS[asked() ?? "part"]]?.[0]));

    function put() {
      const text = typed.value.replace(/[\s·.]/g, "").toUpperCase();
      const changes = /** @type {Record<string, string | null>} */ ({});
      for (const one of Object.keys(TESTS)) changes[props.filter.name + TESTS[one]] = one === way.value ? (one === "part" ? holding(text) : text) : null;
      props.query.set(changes);
    }
    function change(/** @type {string} */ to) {
      way.value = to;
      if (typed.value) put();
    }
    const choose = () =>
      h(ElementPlus.ElSelect, { modelValue: way.value, class: "plate-way", ariaLabel: t("filter.plate_way"), "onUpdate:modelValue": change },
        () => ways.map((one) => h(ElementPlus.ElOption, { key: one, value: one, label: t(`filter.plate_${one}`) })));
    return () => h(ElementPlus.ElInput, { ...model(typed), clearable: true, ariaLabel: props.filter.label, onChange: put, onClear: put }, { prepend: choose });
  },
});
