/** What was clicked on a page of linked blocks, each to be taken away with one click. */
import { useWords } from "../injected.js";
import { icon } from "../shell/icon.js";
import { useLinked } from "./linked.js";
const { defineComponent, h } = Vue;

export const Chips = defineComponent({
  name: "ZcChips",
  props: { blocks: { type: Array, required: true } },
  setup(props) {
    const [t, linked] = [useWords(), useLinked()];
    const blocks = () => /** @type {zc.Block[]} */ (props.blocks);
    return () => {
      const names = Object.keys(linked.all()).filter((name) => !isSet(name));
      if (!names.length) return null;
      return h("div", { class: "chips linked-chips", role: "group", "aria-label": t("linked.chips") }, [
        ...names.map(chip),
        names.length > 1 ? h("button", { type: "button", class: "link", onClick: () => linked.set(Object.fromEntries(names.map((name) => [name, null]))) }, t("linked.clear")) : null,
      ]);
    };

    /** Whether a control of the page shows it. @param {string} name */
    function isSet(name) {
      const filters = blocks().find((block) => block.block === "filters");
      return Boolean(filters) && (name === "within" || (name.endsWith(".within") && filters?.filters?.some((one) => `${one.name}.within` === name)));
    }
    /** @param {string} name */
    function chip(name) {
      const values = linked.all()[name];
      const field = name in linked.known || described(name) ? name : name.replace(/\.[a-z]+$/, "");
      const test = field === name ? "is" : name.slice(field.length + 1);
      const told = described(field);
      const shown = values.map((value) => told?.dictionary?.[value]?.label ?? linked.known[field]?.[value] ?? value);
      const label = told?.label ?? (name === "within" ? t("linked.period") : field);
      const text = t(`test.${test}`, { label, value: shown.join(t("sign.list")) });
      return h("button", { key: name, type: "button", class: "chip", "aria-label": t("table.take_away", { text }), onClick: () => linked.set({ [name]: null }) }, [text, icon("Close")]);
    }
    /** @param {string} name */
    function described(name) {
      for (const block of blocks()) {
        const found = Object.values(block.dimensions ?? {}).find((one) => one.name === name);
        if (found) return found;
      }
      return undefined;
    }
  },
});
