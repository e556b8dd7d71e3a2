// What a person types in form[data-draft] is kept: on this device at once, by the server at each pause and at leaving. Words
// that a browser puts back after Back do not count.
import { freshKey, hold, open, send } from "./device.js";
import { fill, NEVER } from "./fields.js";
import "./signout.js"; // to have it when the network is away

const SOON = 200; // ms after a key, to this device
const PAUSE = 1000; // ms after the last key, to the server
const AGAIN = [2, 5, 15, 30, 60]; // s after a failure

let started = false;

export function start() {
  if (started) return;
  started = true;
  const copies = open();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (!form.elements.draft_revision) continue;
    if (form.dataset.saves) import("./saving.js").then(({ Saving }) => new Saving(form, copies).restore());
    else new Draft(form, copies).restore();
  }
  for (const note of document.querySelectorAll("[data-draft-kept]")) note.hidden = false;
}

export class Draft {
  typed = 0; // changes by a person,
  kept = 0; // how many of them the server has,
  submitted = 0; // how many the form took along when it was last sent,
  failed = 0; // and how many times in a row it could not be reached
  request = null;
  said = "";

  constructor(form, copies) {
    Object.assign(this, { form, copies, note: form.querySelector("[data-saved]") });
    form.addEventListener("input", (event) => {
      if (event.isTrusted || event.detail === "chosen") this.change();
    });
    form.addEventListener("submit", ({ submitter }) => {
      if (submitter?.name === "leave") return this.forget();
      this.submitted = this.typed;
      this.copy();
    });
    document.querySelector(`[data-throws="${form.dataset.draft}"]`)?.addEventListener("submit", () => this.forget());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    addEventListener("pagehide", () => this.leave());
    addEventListener("online", () => this.save());
    hold(this.key);
    if ("typed" in form.dataset) this.change(); // while this was on its way,
    if ("sending" in form.dataset) this.submitted = this.typed; // and sent too
  }

  get to() { return this.form.querySelector("[data-keep]")?.getAttribute("formaction") ?? "/drafts"; }
  get wait() { return PAUSE; }
  get key() { return this.form.elements.idempotency_key.value; }
  get fields() { return [...new FormData(this.form)].filter(([name, words]) => !NEVER.has(name) && typeof words === "string"); }
  get texts() { return [...this.form.elements].filter((field) => field.type === "textarea" || field.type === "text").map((field) => field.value); }
  get isNew() { return this.form.elements.draft_revision.value === "0"; }

  // Nothing of it may come back.
  forget() {
    this.request?.abort();
    this.keptAll(this.typed);
  }

  change() {
    this.typed += 1;
    this.time = Date.now();
    this.soon ??= setTimeout(() => this.copy(), SOON);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), this.wait);
  }

  // To this device.
  async copy() {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.typed === this.kept) return;
    const copies = await this.copies;
    const stays = await copies?.put(this.key, {
      to: this.to, draft: this.form.dataset.draft, fields: this.fields, typed: this.texts,
      at: location.pathname + location.search, page: document.title, time: this.time,
      went: this.typed <= this.submitted, // with the form
    });
    this.form.dataset.kept = stays ? "device" : "";
    if (!navigator.onLine || this.failed) this.tellWaiting();
  }

  // To the server: one at a time, the newest words last.
  async save({ leaving = false } = {}) {
    clearTimeout(this.pause);
    if (this.typed === this.kept || (this.request && (!leaving || this.sent === this.typed))) return;
    if ("sending" in this.form.dataset) { this.later(PAUSE); return; } // the form itself is on its way
    const at = this.typed;
    if (this.isNew && !this.texts.some((words) => words.trim())) {
      this.tell("", "");
      this.keptAll(at);
      return;
    }
    this.request?.abort();
    const request = this.request = new AbortController();
    this.sent = at;
    const answer = await this.bring(this.to, request.signal);
    if (this.request !== request) return;
    this.request = null;
    this.failed = answer.waits ? this.failed + 1 : 0;
    if (answer.kept) this.isKept(at, answer);
    else if (answer.sent) this.isSent(at);
    else if (answer.refused) this.isRefused(at, answer);
    else {
      this.tellWaiting(answer.message);
      this.later(AGAIN[Math.min(this.failed, AGAIN.length) - 1] * 1000);
    }
  }

  bring(to, signal) { return send({ to, fields: this.fields, time: this.time }, signal); }

  later(wait) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), wait);
  }

  leave() {
    this.copy();
    if (!("sending" in this.form.dataset)) this.save({ leaving: true });
  }

  isKept(at, { revision, message, address, other }) {
    this.form.elements.draft_revision.value = revision;
    this.form.dataset.kept = "server";
    if (address) history.replaceState(history.state, "", here(address));
    const more = this.form.querySelector("[data-other]");
    if (more) more.hidden = !other;
    this.form.querySelector(".unsent[data-offline]")?.remove();
    this.tell("kept", [this.moved && this.note?.dataset.movedMessage, message].filter(Boolean).join(" "));
    this.keptAll(at);
  }

  // This sending was accepted. What was typed after this form sent it stays until it is sent too: then the forum asks. When
  // another tab or device sent it, the words here become a draft of their own.
  async isSent(at) {
    if (this.typed <= this.submitted) { this.keptAll(at); return; }
    if (this.submitted) {
      await this.copy();
      this.tellWaiting(this.note?.dataset.sentMessage);
      return;
    }
    const before = this.key;
    this.form.elements.idempotency_key.value = freshKey();
    this.form.elements.draft_revision.value = 0;
    this.moved = true;
    hold(this.key);
    await this.copy();
    (await this.copies)?.drop(before);
    this.save();
  }

  isRefused(at, { message }) {
    this.tellWaiting(message ?? " ");
    if (this.typed !== at) this.later(AGAIN[0] * 1000);
  }

  async keptAll(at) {
    this.kept = at;
    if (this.typed !== at) this.later(PAUSE);
    else (await this.copies)?.drop(this.key);
  }

  tellWaiting(why) {
    const { deviceMessage, waitingMessage, nowhereMessage } = this.note?.dataset ?? {};
    const here = why ? deviceMessage : waitingMessage;
    this.tell("waits", [why, this.form.dataset.kept === "device" ? here : nowhereMessage].filter(Boolean).join(" ").trim());
  }

  isSpoken() { return true; }

  // Spoken only when it is another state: each minute of "kept" is too much to hear.
  tell(state, words) {
    if (!this.note) return;
    this.note.hidden = !words;
    this.note.dataset.state = state;
    this.note.querySelector("[data-saved-text]").textContent = words ?? "";
    if (words && state !== this.said && this.isSpoken(state)) this.note.nextElementSibling.textContent = words;
    this.said = state;
  }

  // Words that only this device has: of this sending, or of the one in the address.
  async restore() {
    const copies = await this.copies;
    const asked = location.hash.startsWith("#draft-") ? location.hash.slice(7) : "";
    for (const key of new Set([asked, this.key])) {
      const copy = key && await copies?.get(key);
      if (!copy || copy.draft !== this.form.dataset.draft) continue;
      if (this.typed) { // faster than this
        send(copy);
        continue;
      }
      if (key !== this.key) hold(key);
      if (!(copy.went && "answered" in this.form.dataset)) fill(this.form, copy.fields); // the page has those, and maybe more
      this.time = copy.time;
      if (key === asked) this.form.scrollIntoView();
      this.typed += 1;
      this.form.dataset.kept = "device";
      if (copy.went) this.submitted = this.typed;
      this.save();
      return;
    }
  }
}

// The address leads to the draft, too.
function here(address) {
  const kept = new URL(address, location);
  const now = new URL(location);
  if (now.pathname !== kept.pathname) return kept;
  for (const [name, to] of kept.searchParams) now.searchParams.set(name, to);
  now.searchParams.delete("thrown");
  now.hash = kept.hash;
  return now;
}
