// Words that the server may not have yet: their way to it, and copies on this device until then, each in
// localStorage["draft:<account>:<key>"], encrypted with a key that only pages of that account carry. Without storage or
// encryption (outside https) there are none.
const PREFIX = "draft:";
const OWN = /^draft:[\w-]{22}:[\w-]{36}$/;
const KEEPALIVE = 60_000; // bytes; browsers send at most 64 KiB for a page that is being left
const SLOW = 20_000; // ms
const FOR_GOOD = new Set([413, 422]); // too long, too many

const entries = () => {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)); } catch { return []; }
};

// Copies of before, which anybody could read.
export function removeReadable() {
  for (const name of entries()) if (!OWN.test(name)) localStorage.removeItem(name);
}

// The copies of this account, or null.
let opened;
export const open = () => opened ??= find();

async function find() {
  const [account, secret] = document.querySelector("[data-device]")?.dataset.device.split(":") ?? [];
  try {
    if (!secret) return null;
    localStorage.setItem(PREFIX, "");
    localStorage.removeItem(PREFIX);
    const bytes = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
    return new Copies(`${PREFIX}${account}:`, await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
  } catch {
    return null;
  }
}

class Copies {
  #turn = Promise.resolve(); // what was asked later comes later

  constructor(prefix, cipher) {
    Object.assign(this, { prefix, cipher });
  }

  keys() {
    return entries().filter((name) => name.startsWith(this.prefix)).map((name) => name.slice(this.prefix.length));
  }

  put(key, copy) {
    return this.#next(async () => {
      if (this.closed) return false;
      const name = this.prefix + key;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await crypto.subtle.encrypt(sealing(iv, name), this.cipher, new TextEncoder().encode(JSON.stringify(copy)));
      localStorage.setItem(name, letters(iv) + letters(new Uint8Array(sealed)));
      return true;
    });
  }

  // A copy, or null. What no key opens any more goes.
  get(key) {
    return this.#next(async () => {
      const name = this.prefix + key;
      const bytes = Uint8Array.from(localStorage.getItem(name), (letter) => letter.charCodeAt(0));
      if (!bytes.length) return null;
      try {
        const plain = await crypto.subtle.decrypt(sealing(bytes.subarray(0, 12), name), this.cipher, bytes.subarray(12));
        return JSON.parse(new TextDecoder().decode(plain));
      } catch {
        localStorage.removeItem(name);
        return null;
      }
    });
  }

  drop(key) {
    return this.#next(async () => localStorage.removeItem(this.prefix + key));
  }

  // For good: this page keeps nothing more.
  empty() {
    this.closed = true;
    return this.#next(async () => this.keys().forEach((key) => localStorage.removeItem(this.prefix + key)));
  }

  #next(step) {
    const done = this.#turn.then(step).catch(() => false); // full, or closed
    this.#turn = done;
    return done;
  }
}

const sealing = (iv, name) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });
const letters = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

// The page that holds a form answers for its draft; others leave it alone.
export const hold = (key) => navigator.locks?.request(PREFIX + key, () => new Promise(() => {}));

export const freshKey = () => "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => (crypto.getRandomValues(new Uint8Array(1))[0] % 16).toString(16));

export const value = (fields, name) => fields.find(([of]) => of === name)?.[1] ?? "";

// Brings words to the server: { kept, revision, message, … }, { sent } (accepted before), { refused, message, forGood }, or
// { waits, message } where it may go better later.
export async function send({ to, fields, time }, signal) {
  const body = new URLSearchParams(fields);
  body.set("draft_age", Math.max(0, Math.round((Date.now() - time) / 1000))); // s, by one clock
  body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort());
  const slow = setTimeout(() => stop.abort(), SLOW);
  try {
    const keepalive = String(body).length < KEEPALIVE; // the page may be left
    const answer = await fetch(to, { method: "POST", body, keepalive, signal: stop.signal, headers: { Accept: "application/json" } });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok && "revision" in said) return { ...said, kept: true };
    if (answer.status === 409 && said.sent) return { sent: true };
    const later = answer.ok || answer.status >= 500 || answer.status === 429;
    return { message: said.message, compare: said.compare, [later ? "waits" : "refused"]: true, forGood: FOR_GOOD.has(answer.status) };
  } catch {
    return { waits: true };
  } finally {
    clearTimeout(slow);
  }
}

// Sends all that waits here. What an open form has in hand, it sends itself, unless all must go now.
export async function sendAll(copies, { now = false } = {}) {
  const answers = [];
  for (const key of copies.keys()) {
    const once = async (lock) => {
      if (!lock || (!now && isOnPage(key))) return;
      let at = key, copy = await copies.get(key);
      if (!copy || (copy.forGood && !now)) return;
      let answer = await send(copy);
      // Other words than those sent: a draft of their own, and the same one when tried again.
      if (answer.sent && !copy.went) {
        copy = { ...copy, fields: anew(copy.fields) };
        const own = value(copy.fields, "idempotency_key");
        if (await copies.put(own, copy)) {
          await copies.drop(key);
          at = own;
        }
        answer = await send(copy);
      }
      const gone = answer.kept || answer.sent;
      answers.push({ ...answer, gone });
      if (gone) await copies.drop(at);
      else if (answer.refused) await copies.put(at, { ...copy, refused: answer.message, forGood: answer.forGood });
      if (answer.kept) tellForm(copy, answer.revision);
    };
    if (navigator.locks && !now) await navigator.locks.request(PREFIX + key, { ifAvailable: true }, once);
    else await once(true);
  }
  return answers;
}

const ANEW = { idempotency_key: freshKey, draft_revision: () => "0" };
const anew = (fields) => fields.map(([name, words]) => [name, ANEW[name]?.() ?? words]);

const isOnPage = (key) => [...document.querySelectorAll("[name=idempotency_key]")].some((field) => field.value === key);

// A form for the same on this page says that there are other words; one that stands empty for a reply takes them up.
async function tellForm({ draft, fields }, revision) {
  const form = document.querySelector(`[data-draft="${CSS.escape(draft)}"]`);
  const takenUp = form && draft.startsWith("reply:") && (await import("./fields.js")).takeUp(form, fields, revision);
  const note = form?.querySelector("[data-other]");
  if (note && !takenUp) note.hidden = false;
}
