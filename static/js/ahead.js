// The posts of a page that was fetched ahead stay new: when it is shown, this asks once more. The answer is not used.
const see = () => fetch(location.href, { cache: "reload", headers: { "X-Purpose": "seen" } }).catch(() => {});

export function start() {
  if (document.prerendering) document.addEventListener("prerenderingchange", see, { once: true });
  else see();
}
