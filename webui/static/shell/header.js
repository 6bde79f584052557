/** The line at the top: where one is, notices, theme, one's own account. */
import { post } from "../door/api.js";
import { useLive, useMe, useOpened, useTheme, useWords } from "../injected.js";
import { icon, iconButton } from "./icon.js";
import { Notices } from "./notices.js";
import { Password } from "./password.js";
import { Sessions } from "./sessions.js";
const { defineComponent, h, ref } = Vue;

export const Header = defineComponent({
  name: "ZcHeader",
  props: { open: Boolean },
  emits: ["menu"],
  setup(props, { emit }) {
    const [t, me, theme, live] = [useWords(), useMe(), useTheme(), useLive()];
    const dialog = ref("");
    const acts = /** @type {Record<string, () => void>} */ ({ password: () => (dialog.value = "password"), sessions: () => (dialog.value = "sessions"), logout });

    return () =>
      h("header", { class: "header" }, [
        iconButton(props.open ? "Fold" : "Expand", t(props.open ? "shell.fold" : "shell.unfold"), { "aria-expanded": String(props.open), onClick: () => emit("menu") }),
        h("span", { class: "brand" }, me.site.title),
        me.site.demo ? h("span", { class: "demo-mark" }, t("mark.demo")) : null,
        h(Trail),
        h("span", { class: "space" }),
        h("span", { class: ["line", live.state.connected ? "on" : "off"], role: "img", "aria-label": t(live.state.connected ? "shell.live" : "shell.lost"), title: t(live.state.connected ? "shell.live" : "shell.lost") }),
        h(Notices),
        h("a", { class: "icon-button", href: "/help", target: "_blank", rel: "noopener", "aria-label": t("help"), title: t("help") }, [icon("QuestionFilled")]),
        iconButton(theme.state.dark ? "Sunny" : "Moon", t(theme.state.dark ? "theme.light" : "theme.dark"), { onClick: theme.toggle }),
        account(t, me, acts),
        dialogs(t, dialog),
      ]);
  },
});

/** Group and title of the page in front. */
const Trail = defineComponent({
  name: "ZcTrail",
  setup() {
    const [t, me, opened] = [useWords(), useMe(), useOpened()];
    return () => {
      const active = opened.state.active;
      const group = me.menu.find((one) => one.pages.some((page) => page.id === active));
      const tab = opened.state.tabs.find((one) => one.id === active);
      const steps = [group?.group, tab?.title].filter(Boolean);
      return h("nav", { class: "trail", "aria-label": t("shell.trail") }, [
        h("ol", steps.map((step, at) => h("li", { key: at, "aria-current": at === steps.length - 1 ? "page" : undefined }, step))),
      ]);
    };
  },
});

/** @param {import("../words.js").Words} t @param {zc.Me} me @param {Record<string, () => void>} acts */
function account(t, me, acts) {
  const items = Object.keys(acts).map((name) =>
    h(ElementPlus.ElDropdownItem, { key: name, command: name, divided: name === "logout" }, () => t(`account.${name}`)),
  );
  const roles = h("div", { class: "account-roles" }, me.roles.map((role) => role.title).join(t("sign.and")));
  return h(ElementPlus.ElDropdown, { trigger: "click", onCommand: (/** @type {string} */ name) => acts[name]() }, {
    default: () => h("button", { type: "button", class: "account", "aria-label": t("account.of", { name: me.title || me.login }) }, [icon("User"), h("span", { class: "account-name" }, me.title || me.login), icon("ArrowDown")]),
    dropdown: () => h("div", [roles, h(ElementPlus.ElDropdownMenu, null, () => items)]),
  });
}

/** @param {import("../words.js").Words} t @param {import("vue").Ref<string>} dialog */
function dialogs(t, dialog) {
  const content = /** @type {Record<string, () => any>} */ ({ password: () => h(Password, { onDone: () => changed(t, dialog) }), sessions: () => h(Sessions) });
  if (!dialog.value) return null;
  return h(ElementPlus.ElDialog, {
    modelValue: true, title: t(`account.${dialog.value}`), width: "min(560px, 94vw)", appendToBody: true,
    "onUpdate:modelValue": () => (dialog.value = ""),
  }, { default: content[dialog.value] });
}

/** @param {import("../words.js").Words} t @param {import("vue").Ref<string>} dialog */
function changed(t, dialog) {
  dialog.value = "";
  ElementPlus.ElMessage.success(t("password.changed"));
}

async function logout() {
  await post("/api/ui/logout").catch(() => null);
  location.assign("/login");
}
