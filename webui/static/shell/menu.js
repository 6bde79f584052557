/** The menu: groups with their pages, and a search over both. */
import { addressOf } from "../opened.js";
import { useMe, useOpened, useWords } from "../injected.js";
import { icon } from "./icon.js";
const { defineComponent, h, ref } = Vue;

const KEY = "zc.menu.closed";

export const Menu = defineComponent({
  name: "ZcMenu",
  emits: ["chosen"],
  setup(_, { emit }) {
    const [t, me, opened] = [useWords(), useMe(), useOpened()];
    const asked = ref("");
    const closed = ref(/** @type {string[]} */ (JSON.parse(localStorage.getItem(KEY) ?? "[]")));

    function toggle(/** @type {string} */ group) {
      closed.value = closed.value.includes(group) ? closed.value.filter((one) => one !== group) : [...closed.value, group];
      localStorage.setItem(KEY, JSON.stringify(closed.value));
    }
    function choose(/** @type {MouseEvent} */ event, /** @type {string} */ page) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      opened.open(page);
      emit("chosen");
    }
    const search = () =>
      h("div", { class: "menu-search" }, [
        icon("Search"),
        h("input", { type: "search", class: "plain-input", value: asked.value, placeholder: t("menu.search"), "aria-label": t("menu.search"), onInput: (/** @type {any} */ event) => (asked.value = event.target.value) }),
      ]);
    return () => {
      const groups = found(me.menu, asked.value.trim().toLowerCase());
      const list = groups.map((group) => section(group, Boolean(asked.value) || !closed.value.includes(group.group)));
      return h("nav", { class: "menu", "aria-label": t("shell.menu") }, [search(), ...list, groups.length ? null : h("p", { class: "hint" }, t("menu.none"))]);
    };

    /** @param {zc.Me["menu"][number]} group @param {boolean} open */
    function section(group, open) {
      return h("section", { key: group.group, class: "menu-group" }, [
        h("button", { type: "button", class: "menu-title", "aria-expanded": String(open), onClick: () => toggle(group.group) }, [h("span", group.group), icon(open ? "ArrowDown" : "ArrowRight")]),
        open ? h("ul", group.pages.map((page) => h("li", { key: page.id }, [link(page)]))) : null,
      ]);
    }
    /** @param {zc.PageLink} page */
    function link(page) {
      const current = page.id === opened.state.active;
      return h("a", { href: addressOf(page.id), class: { current }, "aria-current": current ? "page" : undefined, onClick: (/** @type {MouseEvent} */ event) => choose(event, page.id) }, [icon(page.icon ?? "Document"), h("span", page.title)]);
    }
  },
});

/** @param {zc.Me["menu"]} menu @param {string} asked in small letters */
function found(menu, asked) {
  const holds = (/** @type {string} */ text) => text.toLowerCase().includes(asked);
  return menu
    .map((group) => ({ ...group, pages: holds(group.group) ? group.pages : group.pages.filter((page) => holds(page.title)) }))
    .filter((group) => group.pages.length);
}
