// A form is sent once, and its button says so; after a stop, a return or a long wait again: the server takes it once.
const SLOW = 8000; // ms without an answer
const sending = new Map(); // by form, what makes its button as it was
const reached = new Set(); // forms for which there is a network after all

// A browser sees its own cables only.
export const isReached = () => fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).then(() => true, () => false);

export function start() {
  const words = document.querySelector("[data-once]");
  document.addEventListener("submit", (event) => {
    const { target: form, submitter: button } = event;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (sending.has(form)) event.preventDefault();
    else if (navigator.onLine || reached.delete(form)) begin(form, button, words);
    else {
      event.preventDefault();
      isReached().then((yes) => {
        if (!yes) tell(button, form.dataset.kept === "device" ? words.dataset.offlineKept : words.dataset.offline, words, "offline");
        else {
          reached.add(form);
          form.requestSubmit(button);
        }
      });
    }
  });
  addEventListener("pageshow", () => endAll());
  addEventListener("online", () => {
    if (document.querySelector(".unsent[data-offline]")) tell(null, "", words);
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") endAll(); });
  globalThis.navigation?.addEventListener("navigateerror", () => endAll());
}

function begin(form, button, words) {
  const label = button && [...button.childNodes];
  const slow = setTimeout(() => {
    end(form);
    tell(button, words.dataset.slow, words);
  }, SLOW);
  form.dataset.sending = "";
  sending.set(form, () => {
    clearTimeout(slow);
    delete form.dataset.sending;
    button?.removeAttribute("aria-disabled");
    if (label) button.replaceChildren(...label);
    words.textContent = "";
  });
  tell(button, "", words);
  words.textContent = words.dataset.sending;
  button?.setAttribute("aria-disabled", "true");
  if (button?.matches(".btn")) button.textContent = words.dataset.sending;
}

function end(form) {
  sending.get(form)?.();
  sending.delete(form);
}

const endAll = () => [...sending.keys()].forEach(end);

// Beside the button, and in the live region.
function tell(button, said, words, why = "slow") {
  document.querySelector(".unsent")?.remove();
  words.textContent = said;
  if (!said || !button) return;
  const note = document.createElement("span");
  note.className = "unsent";
  note.dataset[why] = "";
  note.textContent = said;
  button.before(note);
}
