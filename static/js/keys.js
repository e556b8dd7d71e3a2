// Single keys on a thread: j and k to the next post and the one before, r to answer it, ? for this list. Never in a field.
export function start() {
  const help = document.querySelector("[data-keys]");
  const posts = [...document.querySelectorAll("[data-thread] [data-post]")];
  posts.forEach((post) => { post.tabIndex = -1; });

  // The post with the focus, or the first that is in view.
  const at = () => {
    const focused = posts.indexOf(document.activeElement.closest("[data-post]"));
    return focused >= 0 ? focused : posts.findIndex((post) => post.getBoundingClientRect().bottom > 1);
  };
  const go = (step) => {
    const isIn = posts.includes(document.activeElement.closest("[data-post]"));
    const post = posts[isIn ? at() + step : at()];
    post?.focus({ preventScroll: true });
    post?.scrollIntoView({ block: "start" });
  };
  const answer = () => {
    const link = posts[at()]?.querySelector("[data-answer]");
    if (link) link.click();
    else document.querySelector("#answer textarea")?.focus();
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    r: answer,
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || help.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable], [role=tab]") || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
