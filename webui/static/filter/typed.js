/** What is being typed, until it is asked; follows the address when that changes. */

/** @template T @param {() => T} source */
export function useTyped(source) {
  const typed = /** @type {import("vue").Ref<T>} */ (Vue.ref(source()));
  Vue.watch(source, (value) => (typed.value = value));
  return typed;
}

/** A text that holds another somewhere, as the tests say it. @param {string} text */
export const holding = (text) => (text ? `%${text}%` : null);

/** @param {string | undefined} pattern what holding made of it */
export const held = (pattern) => (pattern ?? "").replace(/^%|%$/g, "");

/** v-model by hand. @template T @param {import("vue").Ref<T>} typed */
export function model(typed) {
  return { modelValue: typed.value, "onUpdate:modelValue": (/** @type {T} */ value) => (typed.value = value) };
}
