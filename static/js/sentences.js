// The sentences of a post as checkboxes in its text: a tap picks one, a second beside it extends.
import { placeIn } from "./places.js";

const BOX = ".sentence input";

export const isBox = (element) => element.matches(BOX);
export const isOpen = (post) => Boolean(post.querySelector(BOX));

// As the server draws them where "Quote" is followed without a script.
export function open(post) {
  for (const sentence of post.querySelectorAll("[data-sentence]")) {
    const value = [post.dataset.post, post.dataset.revision, sentence.dataset.sentence].join(".");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "sentence", value });
    box.setAttribute("form", "bar");
    const label = Object.assign(document.createElement("label"), { className: "sentence" });
    label.append(box, ...sentence.childNodes);
    sentence.replaceWith(label);
  }
  post.querySelector("[data-cite]")?.remove();
}

// What is picked is one passage: what this box touches stays.
export function pick(box, workbench) {
  const boxes = [...box.closest("[data-words]").querySelectorAll(BOX)];
  let [from, to] = [boxes.indexOf(box), boxes.indexOf(box)];
  if (box.checked) {
    while (boxes[from - 1]?.checked) from -= 1;
    while (boxes[to + 1]?.checked) to += 1;
  } else {
    while (boxes[from - 1]?.checked) from -= 1;
    to -= 1;
  }
  keep(boxes.slice(from, to + 1), workbench);
}

// Up to this box from what is picked already.
export function extend(box, workbench) {
  const boxes = [...box.closest("[data-words]").querySelectorAll(BOX)];
  const at = boxes.indexOf(box);
  const picked = boxes.flatMap(({ checked }, place) => (checked ? [place] : []));
  keep(boxes.slice(Math.min(at, ...picked), Math.max(at, ...picked) + 1), workbench);
}

export function keep(boxes, workbench) {
  for (const box of workbench.querySelectorAll(BOX)) box.checked = boxes.includes(box);
}

export function pickedPlace(workbench) {
  const boxes = [...workbench.querySelectorAll(`${BOX}:checked`)];
  if (!boxes.length) return null;
  const range = document.createRange();
  range.setStartBefore(boxes[0].parentElement);
  range.setEndAfter(boxes.at(-1).parentElement);
  return placeIn(boxes[0].closest("[data-words]"), range);
}
