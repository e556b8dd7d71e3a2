// Whom an @ may mean: a list under the text, which keeps the focus; arrows and Enter choose.
import { ask, parsed } from "./preview.js";

export function start(field) {
  if (field.oninput) return;
  const place = document.createElement("div");
  field.after(place);
  place.id = "mentions";
  field.setAttribute("aria-controls", place.id);
  let turn = 0;
  let list, at;
  const begun = () => /(?<![\w@/.+-])@([\p{L}\d-]+)$/u.exec(field.value.slice(0, field.selectionStart))?.[1];
  const move = (to) => {
    at = to;
    for (const option of list?.children ?? []) {
      option.ariaSelected = option === at;
      Object.assign(option.style, { outline: option === at ? "2px solid" : "", outlineOffset: "4px" });
    }
    field.setAttribute("aria-activedescendant", at?.id ?? "");
  };
  const show = (html = "") => {
    turn += 1;
    place.replaceChildren(...parsed(html));
    list = place.firstElementChild;
    move(list?.firstElementChild);
  };
  const choose = () => {
    const end = field.selectionStart;
    field.setRangeText(`${at.dataset.handle} `, end - begun().length, end, "end");
    field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "chosen" }));
  };
  const keys = {
    ArrowDown: () => move(at.nextElementSibling ?? list.firstElementChild),
    ArrowUp: () => move(at.previousElementSibling ?? list.lastElementChild),
    Enter: choose,
    Escape: show,
  };
  field.onkeydown = (event) => {
    if (!at || !begun() || event.isComposing || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  field.onblur = () => show();
  field.oninput = async () => {
    const typed = begun();
    const now = turn += 1;
    if (typed) await new Promise((go) => setTimeout(go, 200));
    if (now !== turn) return;
    const { html } = typed ? await ask("/previews/mentions", field.form, { typed }) : {};
    if (now === turn) show(html);
  };
  field.oninput();
  place.onmousedown = (event) => {
    event.preventDefault();
    move(event.target.closest("li"));
    choose();
  };
}
