// Two tabs above a text: write it, or see it as others will.
export function start() {
  document.querySelectorAll("[data-sheet]").forEach(makeTabs);
  if (document.querySelector("[data-reach]")) import("./reach.js").then((reach) => reach.start());
  if (document.querySelector("[data-quoting]")) import("./quoting.js").then((quoting) => quoting.start());
  if (document.querySelector("[data-shows]")) import("./care.js").then((care) => care.start());
}

function makeTabs(sheet) {
  const form = sheet.closest("form");
  const list = sheet.querySelector("[data-tabs]");
  const tabs = [...list.querySelectorAll("button")];
  const [preview, fields] = sheet.querySelectorAll("[data-panel]");
  const panels = [fields, preview];
  const status = list.querySelector("[role=status]");
  let asked = 0;

  const choose = (chosen) => {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
      panels[place].hidden = place !== chosen;
    });
    status.textContent = "";
    if (chosen === 1) load();
  };

  async function load() {
    const turn = (asked += 1);
    preview.setAttribute("aria-busy", "true");
    const answer = await ask(sheet.dataset.sheet, form, {}, ["title", "body"]);
    if (turn !== asked) return;
    preview.setAttribute("aria-busy", "false");
    const failed = answer.error ?? sheet.dataset.failed;
    preview.replaceChildren(...(answer.html ? parsed(answer.html) : [message(failed)]));
    status.textContent = answer.html ? sheet.dataset.ready : failed;
  }

  sheet.querySelector("[data-default]").remove(); // "Preview" sends nothing from here on
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", list.dataset.tabs);
  list.after(status); // a list of tabs holds tabs only
  tabs.forEach((tab, place) => {
    Object.assign(tab, { type: "button", hidden: false, id: `sheet-tab-${place}` });
    Object.assign(panels[place], { id: `sheet-panel-${place}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[place].id);
    panels[place].setAttribute("role", "tabpanel");
    panels[place].setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => choose(place));
  });
  preview.tabIndex = 0;
  list.addEventListener("keydown", (event) => {
    const place = { ArrowLeft: 0, Home: 0, ArrowRight: 1, End: 1 }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    choose(place);
    tabs[place].focus();
  });
  offerTools(sheet, fields);
  const write = () => { if (fields.hidden) choose(0); };
  form.addEventListener("input", (event) => { if (fields.contains(event.target)) write(); });

  const sent = preview.childElementCount > 0; // the page came back with a preview
  tabs.forEach((tab, place) => tab.setAttribute("aria-selected", String(sent ? place === 1 : place === 0)));
  tabs[sent ? 0 : 1].tabIndex = -1;
  fields.hidden = sent;
}

// Fetched once the text is in view or has the focus, or an @.
function offerTools(sheet, fields) {
  const offer = (script, hook) => import(script).then(({ start }) => start(hook)).catch(() => {});
  const tools = () => offer("./tools.js", fields.querySelector("[data-tools]"));
  if (sheet.getBoundingClientRect().top < innerHeight) tools();
  else fields.addEventListener("focusin", tools, { once: true });
  const expander = fields.querySelector("text-expander");
  if (!expander) return; // a text that names nobody
  const mentions = ({ target }) => {
    if (!target.value.includes("@")) return;
    expander.removeEventListener("input", mentions);
    offer("./mention.js", expander);
  };
  expander.addEventListener("input", mentions);
}

export async function ask(address, form, more, names = []) {
  const body = new URLSearchParams(more);
  for (const name of ["csrf_token", "draft_form", "draft_subject", "audience", ...names]) body.set(name, form.elements[name]?.value ?? "");
  try {
    return await (await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } })).json();
  } catch {
    return {}; // no network, or a page instead of an answer
  }
}

export const parsed = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

function message(words) {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = words;
  return line;
}
