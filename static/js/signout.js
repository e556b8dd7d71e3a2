// Signing out: what only this device has is sent first, or thrown away if they agree. Copies of others stay.
import { open, sendAll } from "./device.js";
import { isReached } from "./once.js";

export async function signOut(form) {
  if (!await isReached()) { // then nobody can sign out
    ask("away").onclose = null;
    return;
  }
  const copies = await open();
  const answers = copies ? await sendAll(copies, { now: true }) : [];
  if (answers.every(({ gone }) => gone)) {
    leave(form, copies);
    return;
  }
  const dialog = ask("left");
  dialog.onclose = () => { if (dialog.returnValue === "leave") leave(form, copies); };
}

function ask(why) {
  const dialog = document.querySelector("[data-sign-out]");
  dialog.querySelectorAll("[data-why]").forEach((words) => { words.hidden = words.dataset.why !== why; });
  dialog.returnValue = "";
  dialog.showModal();
  return dialog;
}

// Without the server's answer nothing is thrown away.
async function leave(form, copies) {
  const body = new URLSearchParams(new FormData(form));
  if (copies) body.set("leave_copies", 1);
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      await copies?.empty();
      location.assign("/");
    } else form.submit();
  } catch {
    ask("away").onclose = null;
  }
}
