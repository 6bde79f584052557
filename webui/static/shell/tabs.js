/** The opened pages, one before the others. A page that holds what somebody typed asks before it goes. */
import { useOpened, useWords } from "../injected.js";
import { icon } from "./icon.js";
const { defineComponent, h, ref, watch } = Vue;

export const Tabs = defineComponent({
  name: "ZcTabs",
  setup() {
    const [t, opened] = [useWords(), useOpened()];
    const strip = ref(/** @type {HTMLElement | null} */ (null));
    watch(() => opened.state.active, () => Vue.nextTick(() => strip.value?.querySelector(".current")?.scrollIntoView({ block: "nearest", inline: "center" })));
    const guard = (/** @type {BeforeUnloadEvent} */ event) => {
      if (opened.state.tabs.some((tab) => tab.dirty)) event.preventDefault();
    };
    window.addEventListener("beforeunload", guard);
    Vue.onBeforeUnmount(() => window.removeEventListener("beforeunload", guard));

    async function close(/** @type {zc.Tab} */ tab) {
      if (tab.dirty && !(await sure(t))) return;
      opened.close(tab.id);
    }
    return () =>
      h("div", { ref: strip, class: "tabs", role: "navigation", "aria-label": t("tabs.title") }, opened.state.tabs.map((tab) => {
        const current = tab.id === opened.state.active;
        return h("span", { key: tab.id, class: ["opened", { current }] }, [
          h("button", { type: "button", class: "opened-title", "aria-current": current ? "page" : undefined, onClick: () => opened.open(tab.page) }, [tab.title, tab.dirty ? h("span", { class: "dirty", "aria-label": t("tabs.dirty") }, "•") : null]),
          opened.state.tabs.length > 1 ? h("button", { type: "button", class: "opened-close", "aria-label": t("tabs.close", { title: tab.title }), onClick: () => close(tab) }, [icon("Close")]) : null,
        ]);
      }));
  },
});

/** @param {import("../words.js").Words} t @returns {Promise<boolean>} */
function sure(t) {
  return ElementPlus.ElMessageBox.confirm(t("tabs.lose"), t("tabs.unsaved"), { confirmButtonText: t("tabs.leave"), cancelButtonText: t("tabs.stay"), type: "warning" }).then(() => true, () => false);
}
