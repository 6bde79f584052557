/** The login page. */
import { post } from "../door/api.js";
import { Password } from "./password.js";
import { faultText } from "../page/fault.js";
import { iconButton } from "./icon.js";
const { defineComponent, h, inject, ref } = Vue;

export const Login = defineComponent({
  name: "ZcLogin",
  setup() {
    const t = /** @type {import("../words.js").Words} */ (inject("t"));
    const site = /** @type {any} */ (inject("site"));
    const theme = /** @type {any} */ (inject("theme"));
    const asked = Vue.reactive({ login: "", password: "" });
    const [fault, busy, mustChange] = [ref(""), ref(false), ref("")];

    async function enter(/** @type {Event} */ event) {
      event.preventDefault();
      [fault.value, busy.value] = ["", true];
      try {
        const next = new URLSearchParams(location.search).get("next") ?? "/";
        const answer = await post("/api/ui/login", { ...asked, next });
        if (answer.must_change) mustChange.value = answer.next ?? "/";
        else location.assign(answer.next ?? "/");
      } catch (error) {
        fault.value = faultText(t, error);
      } finally {
        busy.value = false;
      }
    }
    return () =>
      h("div", { class: "login" }, [
        iconButton(theme.state.dark ? "Sunny" : "Moon", t(theme.state.dark ? "theme.light" : "theme.dark"), { class: "icon-button login-theme", onClick: theme.toggle }),
        h("main", { class: "login-card" }, [
          head(t, site),
          mustChange.value
            ? h(Password, { old: asked.password, forced: true, onDone: () => location.assign(mustChange.value) })
            : loginForm(t, asked, fault.value, busy.value, enter),
        ]),
        h("p", { class: "login-foot" }, t("login.foot")),
      ]);
  },
});

/** @param {import("../words.js").Words} t @param {any} site */
function head(t, site) {
  return h("header", { class: "login-head" }, [
    h("h1", site.title),
    site.demo ? h("p", { class: "demo-mark" }, t("mark.demo")) : null,
  ]);
}

/** @param {import("../words.js").Words} t @param {any} asked @param {string} fault @param {boolean} busy @param {(event: Event) => void} enter */
function loginForm(t, asked, fault, busy, enter) {
  return h("form", { class: "login-form", onSubmit: enter }, [
    fault ? h("div", { class: "error-box", role: "alert" }, fault) : null,
    entry(t("login.login"), asked, "login", { autocomplete: "username", autofocus: true }),
    entry(t("login.password"), asked, "password", { type: "password", autocomplete: "current-password" }),
    h(ElementPlus.ElButton, { type: "primary", nativeType: "submit", loading: busy, class: "wide" }, () => t("login.enter")),
  ]);
}

/** @param {string} label @param {any} asked @param {string} name @param {any} attributes */
function entry(label, asked, name, attributes) {
  const id = `login-${name}`;
  return h("div", { class: "field" }, [
    h("label", { for: id }, label),
    h("input", { id, name, class: "plain-input", required: true, value: asked[name], onInput: (/** @type {any} */ event) => (asked[name] = event.target.value), ...attributes }),
  ]);
}
