// The workbench: words of a post are picked or selected, and a stance records them under the active claim, in place.
import { draw } from "./panel.js";
import { selectedPlace } from "./places.js";
import { extend, isBox, isOpen, keep, open, pick, pickedPlace } from "./sentences.js";

const STANCES = { 1: "supports", 2: "nuances", 3: "contradicts", n: "new" };
const STEPS = { "[": -1, "]": 1 };
// What is drawn anew beside the post and its claim.

export function start() {
  const workbench = document.querySelector("[data-workbench]");
  const bar = workbench.querySelector("[data-stance-bar]");
  if (!bar) return;
  const form = document.getElementById("bar");
  const said = workbench.querySelector("[data-said]");
  const paste = document.getElementById("paste");
  const hasKeys = workbench.dataset.shortcuts === "on";
  let chosen = null; // what is picked or selected
  let pressed = false; // the pointer: not done yet
  let inBar = false; // or on a button that may empty the selection
  let pointer = "";
  let under = workbench; // the pointer: it does not move
  let isSending = false;
  const choices = () => bar.querySelector("[data-claims]");

  function activate(id) {
    const select = choices();
    if (!select || !id) return;
    select.value = id;
    for (const claim of workbench.querySelectorAll("[data-claim]")) {
      claim.classList.toggle("draft-claim--active", claim.dataset.claim === id);
    }
    const claim = workbench.querySelector(`[data-claim="${id}"]`);
    bar.querySelector("[data-claim-number]").textContent = claim.dataset.number;
    bar.querySelector("[data-claim-text]").textContent = claim.querySelector(".claim__text").textContent;
  }

  function show(next) {
    const still = next?.paragraph ?? under;
    const before = still.getBoundingClientRect().top;
    chosen = next;
    bar.hidden = !next;
    if (next) said.textContent = "";
    if (!next) workbench.append(bar); // it is no text of a post
    else if (bar.previousElementSibling !== next.paragraph) next.paragraph.after(bar);
    scrollBy({ top: still.getBoundingClientRect().top - before, behavior: "instant" });
  }

  function choose() {
    if (pressed || inBar) return;
    const selected = selectedPlace(workbench);
    if (selected) keep([], workbench);
    const next = selected ?? pickedPlace(workbench);
    if (next || !bar.contains(document.activeElement)) show(next);
  }

  function openPost(post) {
    open(post);
    if (paste) post.after(paste);
  }

  function letGo() {
    const box = workbench.querySelector(".sentence :checked");
    if (bar.contains(document.activeElement)) (box ?? workbench.querySelector("[data-cite]"))?.focus();
    keep([], workbench);
    getSelection().removeAllRanges();
    show(null);
  }

  document.addEventListener("selectionchange", choose); // comes a little late: who acts looks again
  document.addEventListener("pointerdown", (event) => {
    if (bar.contains(event.target)) choose();
    inBar = bar.contains(event.target);
    pressed = !inBar;
    pointer = event.pointerType;
    if (!inBar) under = event.target.closest("p, article") ?? workbench;
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    document.addEventListener(kind, () => {
      pressed = false;
      choose();
    });
  }
  bar.addEventListener("mousedown", (event) => { if (!event.target.closest("select")) event.preventDefault(); });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    if ("letGo" in button.dataset) letGo();
    else send(button.dataset.stance);
  });
  bar.addEventListener("change", ({ target }) => activate(target.value));

  for (const kind of ["click", "focusin"]) {
    workbench.addEventListener(kind, ({ target }) => activate(target.closest("[data-claim]")?.dataset.claim));
  }
  workbench.addEventListener("click", (event) => {
    const post = event.target.closest("[data-post]");
    if (event.target.closest("[data-cite]")) {
      event.preventDefault();
      openPost(post);
      post.querySelector(".sentence input")?.focus();
    } else if (!getSelection().isCollapsed) {
      // words of a sentence were selected, not all of it
      if (event.target.closest(".sentence")) event.preventDefault();
    } else if (pointer === "touch" && event.target.closest("[data-sentence]")) {
      const sentence = event.target.closest("[data-sentence]");
      openPost(post);
      const value = `.${sentence.dataset.sentence}`;
      const box = [...post.querySelectorAll(".sentence input")].find((one) => one.value.endsWith(value));
      box.checked = true;
      box.focus({ preventScroll: true });
      picked(box);
    }
  });
  workbench.addEventListener("change", ({ target }) => { if (isBox(target)) picked(target); });

  function picked(box) {
    pick(box, workbench);
    getSelection().removeAllRanges();
    show(pickedPlace(workbench));
  }

  document.addEventListener("keydown", (event) => {
    inBar = false;
    if (event.key === "Tab" && !event.shiftKey && chosen && document.activeElement.contains(chosen.post)) {
      // from the pane or the page it would come by every link before
      event.preventDefault();
      bar.querySelector("button").focus();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(":read-write, select, dialog")) return;
    if (event.key === " " && event.shiftKey && isBox(event.target)) {
      event.preventDefault();
      extend(event.target, workbench);
      show(pickedPlace(workbench));
    } else if (event.key === "Escape" && chosen) letGo();
    else if (hasKeys && STEPS[event.key]) step(STEPS[event.key]);
    else if (hasKeys && STANCES[event.key]) {
      choose();
      if (!chosen) return;
      event.preventDefault();
      send(STANCES[event.key]);
    }
  });
  // a browser presses a box when the key is let go
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && event.shiftKey && isBox(event.target)) event.preventDefault();
  });

  function step(by) {
    const select = choices();
    const option = select?.options[select.selectedIndex + by];
    if (!option) return;
    activate(option.value);
    if (bar.hidden) said.textContent = bar.querySelector(".stance-bar__claim > span").textContent;
  }

  async function send(stance) {
    if (!stance || !chosen || isSending) return;
    isSending = true;
    const { post, place, words } = chosen;
    const fields = { press: choices() ? stance : "new", place, words, cite: isOpen(post) ? post.dataset.number : "" };
    const body = new FormData(form);
    body.delete("sentence");
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok || !answer.redirected) throw new Error("refused");
      refresh(new DOMParser().parseFromString(await answer.text(), "text/html"), post);
    } catch {
      sendAsPage(fields); // which says what is wrong
    }
    isSending = false;
  }

  function sendAsPage(fields) {
    keep([], workbench);
    const typed = Object.entries(fields).filter(([name]) => name !== "cite");
    const inputs = typed.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.append(...inputs);
    form.requestSubmit();
    for (const input of inputs) input.remove(); // only this time
  }

  function refresh(page, post) {
    const at = document.activeElement.value;
    show(null);
    const drawn = page.querySelector("[data-stance-bar]");
    drawn.remove();
    bar.replaceChildren(...drawn.childNodes);
    const claim = page.querySelector(".draft-claim--active").id;
    const list = document.getElementById(claim) ? claim : "claims"; // words typed at another claim stay
    draw(page, list);
    // Where only posts that are not used stand, it is no longer among them: until the page is left it stays.
    const fresh = page.getElementById(post.id) ?? post;
    if (fresh !== post) fresh.querySelector("#paste")?.remove();
    if (fresh !== post) post.replaceWith(fresh);
    keep([], workbench);
    getSelection().removeAllRanges();
    [...fresh.querySelectorAll(".sentence input")].find(({ value }) => value === at)?.focus({ preventScroll: true });
    activate(choices()?.value);
    said.textContent = page.querySelector(".flashes")?.textContent.trim() ?? "";
  }

  const first = bar.closest("[data-post]");
  if (first && paste) first.after(paste);
  activate(choices()?.value);
  show(pickedPlace(workbench));
}

