// Links beside Gradio, which has every link open a window of its own: those of this site stay in the window, and the address follows
// what is shown, so that it can be kept, sent and come back to.
(() => {
  const capture = true; // before the browser follows it
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[target]");
      if (link && link.origin === location.origin) link.removeAttribute("target");
    },
    capture,
  );
  new MutationObserver(() => {
    const link = document.querySelector("a.address");
    if (link && link.pathname === location.pathname && link.search !== location.search)
      history.replaceState(history.state, "", link.pathname + link.search);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["href"] });
})();
