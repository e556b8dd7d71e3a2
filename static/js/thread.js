// A thread: answer a post or quote words of it on the page, copy a link, mark the post that is read.
export function start() {
  const thread = document.querySelector("[data-thread]");
  const form = document.querySelector("form[data-draft^='reply:']");
  thread.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-copy], a[data-answer], a[data-quote], a[data-clear]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if ("copy" in link.dataset) return copy(event, link, thread.dataset.copied);
    if (!form?.elements.answers) return;
    if ("quote" in link.dataset) return keepDraft(link);
    event.preventDefault();
    answer(form, "answer" in link.dataset ? link.closest("[data-post]") : null);
  });
  form?.addEventListener("change", () => { // words that this device kept came back
    const post = document.getElementById(`post-${form.elements.answers?.value}`);
    if (post && form.querySelector("[data-answering]").hidden) say(form, post);
  });
  const bar = document.querySelector("[data-quote-bar]");
  if (bar && form) offerQuote(thread, bar, form);
  followReading(thread, kept(thread));
}

// The link leads to the post also where there is no clipboard.
async function copy(event, link, said) {
  if (!navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.href);
  history.replaceState(history.state, "", link.href);
  link.textContent = said;
  link.setAttribute("role", "status");
}

// The page where sentences are chosen comes back to the draft that is open here.
function keepDraft(link) {
  const draft = new URLSearchParams(location.search).get("draft");
  if (draft) link.search = `?draft=${draft}`;
}

export function answer(form, post) {
  form.elements.answers.value = post ? post.id.replace("post-", "") : "";
  say(form, post);
  changed(form.elements.body);
}

function say(form, post) {
  const box = form.querySelector("[data-answering]");
  box.hidden = !post;
  box.querySelector("p")?.remove();
  if (post) {
    const words = [...(post.querySelector("[data-words]")?.querySelectorAll("p, li, h3") ?? [])]
      .filter((piece) => !piece.closest(".quoted")).map((piece) => piece.textContent).join(" ").trim();
    const quoted = box.querySelector("[data-first-words]");
    box.querySelector("[data-name]").textContent = post.querySelector(".byline b").textContent;
    box.querySelector("[data-number]").textContent = form.elements.answers.value;
    quoted.textContent = words.length > 140 ? `${words.slice(0, 140).replace(/\s+\S*$/, "")}…` : words;
    quoted.hidden = !words;
  }
}

function changed(field) {
  field.focus();
  field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "chosen" }));
}

function offerQuote(thread, bar, form) {
  let chosen = null;
  let held = false; // the bar is pressed, which may take the selection away
  const choose = () => {
    if (held || bar.contains(document.activeElement)) return;
    chosen = selected(thread);
    bar.hidden = !chosen;
    if (chosen && bar.previousElementSibling !== chosen.post) chosen.post.after(bar);
  };
  document.addEventListener("selectionchange", choose);
  bar.addEventListener("pointerdown", (event) => { held = true; event.preventDefault(); });
  addEventListener("pointerup", () => { held = false; });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button, a");
    if (!button || !chosen) return;
    const { number, revision, start, end } = chosen;
    if (button.matches("a")) {
      const path = button.getAttribute("href").replace(/\d+(?=\/evidence)/, chosen.post.dataset.post).split("?")[0];
      button.href = `${path}?revision=${revision}&start=${start}&end=${end}`;
      return;
    }
    const version = revision > 1 ? `.${revision}` : "";
    insert(form.elements.body, `[${thread.dataset.thread} ${number}${version}: ${start}-${end}]`);
    bar.hidden = true;
    getSelection().removeAllRanges();
  });
}

function insert(field, mark) {
  const before = field.value.slice(0, field.selectionStart).trimEnd();
  const after = field.value.slice(field.selectionEnd).trimStart();
  field.value = `${before}${before && "\n\n"}${mark}\n\n${after}`;
  const at = field.value.length - after.length;
  field.setSelectionRange(at, at);
  changed(field);
}

// The selected passage within the post in which it begins, in letters.
function selected(thread) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const words = [...thread.querySelectorAll("[data-post] [data-words]")].find((one) => range.intersectsNode(one));
  if (!words) return null;
  let count = 0;
  let start = null;
  let end = null;
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest(".quoted")) continue; // somebody else's words
    const mention = node.parentElement.closest(".mention");
    const length = mention ? Number(mention.dataset.typed) : letters(node.data);
    if (range.intersectsNode(node)) {
      const from = node === range.startContainer && !mention ? letters(node.data.slice(0, range.startOffset)) : 0;
      const to = node === range.endContainer && !mention ? letters(node.data.slice(0, range.endOffset)) : length;
      if (to > from) {
        start ??= count + from;
        end = count + to;
      }
    }
    count += length;
  }
  if (start === null) return null;
  const post = words.closest("[data-post]");
  return { post, number: post.id.replace("post-", ""), revision: Number(post.dataset.revision ?? 1), start, end };
}

// As the server counts them: composed, and without white space.
const letters = (text) => [...text.normalize("NFC").replace(/\p{White_Space}/gu, "")].length;

// "here", in the list of posts: the last post that begins in the upper part of the window.
function followReading(thread, place) {
  const posts = [...thread.querySelectorAll("[data-post]")];
  const links = [...document.querySelectorAll(".position a")];
  let current = null;
  let waits = false;
  let moved = false;
  const mark = () => {
    waits = false;
    const post = posts.findLast((one) => one.getBoundingClientRect().top < innerHeight * 0.4) ?? posts[0];
    if (!post || post === current) return;
    current = post;
    if (moved) place.keep(post.id);
    for (const link of links) {
      link.querySelector(".here")?.remove();
      link.removeAttribute("aria-current");
      if (link.hash !== `#${post.id}`) continue;
      link.setAttribute("aria-current", "true");
      const here = link.closest("nav").dataset.here;
      link.append(Object.assign(document.createElement("span"), { className: "here", textContent: here }));
    }
  };
  addEventListener("scroll", () => {
    moved = true;
    if (!waits) requestAnimationFrame(mark);
    waits = true;
  }, { passive: true });
  mark();
}

// How far this account came on this device, in numbers of posts: to go on there, unless something new leads further.
function kept(thread) {
  const resume = thread.querySelector("[data-resume]");
  const account = document.querySelector("[data-device]")?.dataset.device.split(":")[0];
  const [name, most] = [`places:${account}`, 50];
  const id = resume?.dataset.resume;
  const read = () => {
    try { return JSON.parse(localStorage.getItem(name)) ?? []; } catch { return []; }
  };
  const before = read().find(([one]) => one === id)?.[1];
  const post = before && document.getElementById(before);
  if (post && !location.hash && !thread.querySelector(".jump") && post !== thread.querySelector("[data-post]")) {
    const link = resume.querySelector("a");
    link.href = `#${before}`;
    link.querySelector("span").textContent = before.replace("post-", "");
    resume.hidden = false;
    resume.addEventListener("click", () => { resume.hidden = true; });
  }
  return {
    keep(at) {
      try {
        localStorage.setItem(name, JSON.stringify([[id, at], ...read().filter(([one]) => one !== id)].slice(0, most)));
      } catch { /* nothing is kept here */ }
    },
  };
}
