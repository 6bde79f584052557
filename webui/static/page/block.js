/** One block in its frame. Which module shows it is found by its name, fetched when a page first has one. A block that
 * fails shows so in its own place and leaves the others alone. */
import { useWords } from "../injected.js";
import { head } from "./frame.js";
import { faultBox, faultText } from "./fault.js";
const { defineComponent, h, onErrorCaptured, ref, shallowRef, watch } = Vue;

const NAME = /^[a-z][a-z0-9_]*$/;

export const Block = defineComponent({
  name: "ZcBlock",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const t = useWords();
    const [inner, fault, tries] = [shallowRef(/** @type {any} */ (null)), ref(""), ref(0)];

    async function load() {
      const name = props.block.block;
      fault.value = "";
      try {
        if (!NAME.test(name)) throw new Error(name);
        inner.value = (await import(`../blocks/${name}.js`)).default;
      } catch (error) {
        fault.value = faultText(t, error);
      }
    }
    onErrorCaptured((error) => {
      fault.value = faultText(t, error);
      return false;
    });
    function again() {
      tries.value += 1;
      load();
    }
    watch(() => props.block.block, load, { immediate: true });
    return () =>
      h("section", { class: ["block", `block-${props.block.block}`], "aria-label": props.block.title || undefined, "data-testid": `block-${props.block.block}` }, [
        props.block.error
          ? [head(props.block.title), h("p", { class: "hint" }, props.block.error)]
          : fault.value
          ? faultBox(t, fault.value, again)
          : inner.value
            ? h(inner.value, { key: tries.value, block: props.block, path: props.path })
            : h("div", { class: "loading", role: "status" }, t("page.loading")),
      ]);
  },
});
