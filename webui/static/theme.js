/** Light or dark: as the person chose, else as the machine says. */

const KEY = "zc.theme";

export function createTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const state = Vue.reactive({ dark: (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark" });
  const show = () => document.documentElement.classList.toggle("dark", state.dark);
  show();
  function toggle() {
    state.dark = !state.dark;
    localStorage.setItem(KEY, state.dark ? "dark" : "light");
    show();
  }
  return { state, toggle };
}
