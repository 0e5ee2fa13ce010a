// What every page does beside Gradio: its language. It is French whatever the browser's, or English where that was chosen (english.js);
// Gradio takes the language of its own few words from here.
(() => {
  const language = localStorage.getItem("amp-language") === "en" ? "en" : "fr";
  Object.defineProperty(navigator, "language", { get: () => (language === "en" ? "en-GB" : "fr-FR") });
  Object.defineProperty(navigator, "languages", { get: () => (language === "en" ? ["en-GB", "en"] : ["fr-FR", "fr"]) });
  document.documentElement.lang = language;
})();
