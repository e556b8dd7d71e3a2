// A second press on a button sends nothing twice. The server refuses doubles too; this spares the wait.
const SENDING = "sending";

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (SENDING in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset[SENDING] = "";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  // back by the history: the page returns as it was left, and must be able to send again
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset[SENDING];
      form.querySelectorAll("[type=submit][aria-disabled], button[aria-disabled]:not([aria-describedby])").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  });
}
