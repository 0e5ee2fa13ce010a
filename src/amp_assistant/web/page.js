// What every page does beside Gradio: its language, and plain words for what Gradio says in English only. The page is French whatever
// the browser's language, or English where that was chosen (english.js); Gradio takes the language of most of its words from here.
(() => {
  const language = localStorage.getItem("amp-language") === "en" ? "en" : "fr";
  Object.defineProperty(navigator, "language", { get: () => (language === "en" ? "en-GB" : "fr-FR") });
  Object.defineProperty(navigator, "languages", { get: () => (language === "en" ? ["en-GB", "en"] : ["fr-FR", "fr"]) });
  document.documentElement.lang = language;

  const SAID = [
    [/^(?:Queue is full|This application is currently busy)\b.*/, "Trop de questions sont posées en ce moment : réessayez dans une minute."],
    [/^Connection to the server was lost\b.*/, "La connexion au serveur est perdue : la page essaie de la rétablir."],
    [/^Connection (?:re-?established|restored)\b.*/i, "La connexion au serveur est rétablie."],
    [/^(?:Connection errored out|Could not parse server response|Unexpected error)\b.*/, "Le serveur n’a pas pu répondre : réessayez dans un instant."],
    [/^Error$/, "Erreur"],
  ];
  const reword = (node) => {
    const words = node.data.trim();
    const found = SAID.find(([pattern]) => pattern.test(words));
    if (found) node.data = found[1];
  };
  const untitle = () => document.querySelectorAll("fieldset input[title]").forEach((input) => input.removeAttribute("title")); // a value of ours
  new MutationObserver(() => {
    untitle();
    const toasts = document.querySelectorAll(".toast-body");
    if (!toasts.length) return;
    for (const toast of toasts) {
      const walker = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) reword(walker.currentNode);
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

  // On paper nothing can be unfolded: proofs and sources are, but not the aids that are further off.
  const PROOFS = "#advice details:not([open], .more, .more *), #speech-text .notes:not([open]), #turns .source:not([open])";
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(PROOFS)];
    for (const details of folded) details.open = true;
  });
  window.addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));
})();
