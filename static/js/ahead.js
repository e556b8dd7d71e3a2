// A page that was fetched ahead was answered as one that nobody looks at: its posts stay new. When it is shown no second
// request follows by itself, so this makes one. Its answer is not used, and the server keeps messages for the next page.
const see = () => fetch(location.href, { cache: "reload", headers: { "X-Purpose": "seen" } }).catch(() => {});

export function start() {
  if (document.prerendering) document.addEventListener("prerenderingchange", see, { once: true });
  else see();
}
