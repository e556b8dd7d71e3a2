// Signing out: what only this device has is sent first. What cannot be sent would be thrown away, so that is asked. Copies of
// others, whose session ended here, stay: nobody but them can read them, and they could not be asked.
import { open, sendAll } from "./device.js";
import { isReached } from "./once.js";

export async function signOut(form) {
  if (!await isReached()) { // then nobody can sign out, and nothing is to be thrown away
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

// Only a server can sign out: without its answer nothing is thrown away here.
async function leave(form, copies) {
  const body = new URLSearchParams(new FormData(form));
  if (copies) body.set("leave_copies", 1); // those of this account are removed here
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      await copies?.empty();
      location.assign("/");
    } else form.submit(); // shows what it has to say
  } catch {
    ask("away").onclose = null;
  }
}
