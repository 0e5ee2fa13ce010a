// The page's own words in English, where a visitor chose it: english.toml holds them, theme.py hands them over as ENGLISH. What documents
// and people say stays as it is: nothing is translated inside an element that tells its language, nor in a question.
(() => {
  const plainly = (words) => words.replace(/[\s\u00a0\u202f]+/g, " ").replaceAll("’", "'").trim();
  const WORDS = new Map(Object.entries(ENGLISH.words).map(([french, own]) => [plainly(french), own]));
  const PHRASES = ENGLISH.phrases.map(({ french, english: own }) => [new RegExp(plainly(french)), own]);
  const ATTRIBUTES = ["placeholder", "aria-label", "title", "alt"];
  const LISTS = [[" · ", "some"], [", ", "every"]]; // what separates, and how many of the parts have to be known
  const english = localStorage.getItem("amp-language") === "en";

  const known = (words) => {
    if (WORDS.has(words)) return WORDS.get(words);
    for (const change of ["toUpperCase", "toLowerCase"]) {
      const first = words.charAt(0);
      const own = first === first[change]() ? undefined : WORDS.get(first[change]() + words.slice(1));
      if (own) return own.charAt(0)[change === "toUpperCase" ? "toLowerCase" : "toUpperCase"]() + own.slice(1);
    }
    for (const [pattern, phrase] of PHRASES) {
      const found = words.match(pattern);
      if (found) return phrase.replace(/\$(\d)|\{(\d)\}/g, (_, asItIs, inEnglish) => found[asItIs] ?? translated(found[inEnglish]) ?? found[inEnglish]);
    }
  };
  // The parts of a list, the longest that is known first: a part may hold the separator itself.
  const listed = (words, separator, share) => {
    const parts = words.split(separator);
    const said = [];
    for (let at = 0, end; at < parts.length; at = end) {
      const longest = () => known(parts.slice(at, end).join(separator));
      for (end = parts.length; end > at + 1 && longest() === undefined; ) end -= 1;
      said.push([longest(), parts[at]]);
    }
    return said[share](([own]) => own !== undefined) ? said.map(([own, french]) => own ?? french).join(separator) : undefined;
  };
  const translated = (words) => {
    const plain = plainly(words);
    const list = LISTS.find(([separator]) => plain.includes(separator));
    return known(plain) ?? (list && listed(plain, ...list));
  };

  const FOREIGN = "[lang]:not(html, [data-left]), .turn h2, textarea, script, style, .record, .copied";
  const OURS = ".leaf"; // stands within a document's text
  const OPEN = ":is(.prose, .plain main, fieldset label) :not(.turn *), .turn .notice"; // here what has no English is a document's, or ours and left in French
  const isForeign = (element) => {
    const nearest = element?.closest(`${FOREIGN}, ${OURS}`);
    return Boolean(nearest && !nearest.matches(OURS));
  };
  const translateText = (node) => {
    const parent = node.parentElement;
    if (!parent || isForeign(parent) || !/\p{L}/u.test(node.data)) return;
    const words = translated(node.data);
    if (words === undefined) {
      if (parent.matches(OPEN)) Object.assign(parent, { lang: "fr" }).dataset.left = "";
      return;
    }
    if (parent.matches("[data-left]")) parent.removeAttribute("lang");
    if (parent.closest(OURS)) parent.closest(OURS).lang = "en";
    const [, before, , after] = node.data.match(/^(\s*)(.*?)(\s*)$/s);
    if (before + words + after !== node.data) node.data = before + words + after;
  };
  const translateAttributes = (element) => {
    for (const name of ATTRIBUTES) {
      const words = element.hasAttribute(name) && translated(element.getAttribute(name));
      if (words && words !== element.getAttribute(name)) element.setAttribute(name, words);
    }
  };
  const translate = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else if (!isForeign(node.parentElement)) translateAttributes(node);
    }
  };
  const watch = () =>
    new MutationObserver((changes) => {
      for (const change of changes) change.type === "childList" ? change.addedNodes.forEach(translate) : translate(change.target);
    }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });

  // The switch stands at the end of the pages' navigation, which Gradio draws anew on each page
  const place = () => {
    const navigation = document.querySelector("nav.fillable");
    if (!navigation || document.querySelector("#language")) return;
    const button = Object.assign(document.createElement("button"), { id: "language", type: "button", lang: english ? "fr" : "en" });
    button.textContent = english ? "Français" : "English";
    button.addEventListener("click", () => {
      localStorage.setItem("amp-language", english ? "fr" : "en");
      location.reload();
    });
    navigation.append(button);
  };
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: true });
  if (english) watch();
})();
