// What there is already about a title, while it is typed.
import { ask, parsed } from "./preview.js";

const PAUSE = 600; // milliseconds without a key

export function start(form) {
  const box = form.querySelector("[data-similar]");
  const title = form.elements.title;
  const [said, list] = box.children;
  const way = Object.assign(document.createElement("a"), { className: "tap", href: `#${box.id}` });
  let turn = 0;
  let last = title.value.trim();
  let timer;

  async function look(asked) {
    const words = title.value.trim();
    if (words === last) return;
    const answer = words.length < 3 ? { html: "", said: "" } : await ask(box.dataset.similar, form, {}, ["title"]);
    if (asked !== turn || answer.html === undefined) return; // something else was typed, or there is no network
    last = words;
    list.replaceChildren(...parsed(answer.html));
    way.textContent = answer.said;
    said.replaceChildren(...(answer.said ? [way] : []));
    said.className = answer.said ? "hint" : "vh";
  }
  // Under the title, where people look: on a phone the list is below the keyboard.
  title.after(said);

  title.addEventListener("input", () => {
    clearTimeout(timer);
    const asked = (turn += 1);
    timer = setTimeout(() => look(asked), PAUSE);
  });
}
