/** An icon of Element Plus by its name; nothing where there is none of that name. */
const { h } = Vue;

/** @param {string | undefined} name */
export function icon(name) {
  const found = name && ElementPlusIconsVue[name];
  return found ? h("span", { class: "icon", "aria-hidden": "true" }, [h(found)]) : null;
}

/** A button that shows an icon alone; its label is read out and shown on hover.
 * @param {string} name @param {string} label @param {Record<string, any>} attributes */
export function iconButton(name, label, attributes) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes }, [icon(name)]);
}
