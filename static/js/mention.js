// Whom an @ may mention: a list below the line that is written; arrows and Enter choose, the text keeps the focus.
import { ask, parsed } from "./preview.js";
import "../vendor/text-expander-element.js";

const PAUSE = 200; // ms after a key

export function start(expander) {
  const field = expander.querySelector("textarea");
  let turn = 0;

  // An answer that was overtaken by typing never comes: what it would show or take away is no longer what is asked.
  async function people(typed) {
    const now = (turn += 1);
    const wait = async (what) => {
      const answer = await what;
      return now === turn ? answer : new Promise(() => {});
    };
    if (!/^[\p{L}\d-]{1,40}$/u.test(typed)) return { matched: false };
    await wait(new Promise((go) => setTimeout(go, PAUSE)));
    const { html = "" } = await wait(ask("/previews/mentions", field.form, { typed }));
    const fragment = parsed(html).find((node) => node.id);
    return { matched: Boolean(fragment), fragment };
  }

  expander.addEventListener("text-expander-change", ({ detail }) => detail.provide(people(detail.text)));
  expander.addEventListener("text-expander-value", ({ detail }) => { detail.value = `@${detail.item.dataset.handle}`; });
  expander.addEventListener("text-expander-committed", () => {
    field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "chosen" }));
  });
  expander.addEventListener("text-expander-activate", () => {
    // A textarea may have no other role: it names its list, and the chosen line of it, as a text field does.
    queueMicrotask(() => ["role", "aria-expanded"].forEach((name) => field.removeAttribute(name)));
    // It has its place in the next frame; a bar at the foot of the page may not cover it.
    requestAnimationFrame(() => expander.querySelector("[role=listbox]")?.scrollIntoView({ block: "nearest" }));
  });
  field.dispatchEvent(new Event("input")); // what was typed while this was fetched
}
