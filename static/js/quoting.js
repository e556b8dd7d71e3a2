// Under a text: what the lines in it quote, kept as the text is.
import { parsed } from "./preview.js";

const MARK = /^ {0,3}\[(?:quote|citaat) \d+(?:\.\d+)?: \d+[-–]\d+\]/gm;
const PAUSE = 300; // ms after the last key

export function start() {
  for (const list of document.querySelectorAll("[data-quoting]")) follow(list, list.closest("form"));
}

function follow(list, form) {
  const named = () => (form.elements.body.value.match(MARK) ?? []).join("\n");
  let shown = named();
  let waits;
  const look = async () => {
    const marks = named();
    if (marks === shown) return;
    shown = marks;
    const html = marks ? await ask(`${list.dataset.quoting}?${new URLSearchParams({ marks })}`) : "";
    if (marks === shown && html !== undefined) list.replaceChildren(...parsed(html));
  };
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(waits);
      waits = setTimeout(look, PAUSE);
    });
  }
}

async function ask(address) {
  try {
    return (await (await fetch(address, { headers: { Accept: "application/json" } })).json()).html;
  } catch {
    return undefined; // no network: the text itself is as it was
  }
}
