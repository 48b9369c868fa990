/* Chinese as the second language of the interface: titles, questions, labels and buttons, by one table of strings.
   Sentences that are made of rows stay English; so does a text that the table does not have. */
"use strict";

window.LANGUAGE = (() => {
  const KEY = "atlas-language";
  const WORDS = "nav a, h1, .lead, main > h2, .figure h2, .card-title, button:not(.language), summary, .facts .quiet, option, label";
  const table = () => window.ATLAS_CHINESE || {};
  let chinese = false;

  /* A browser that keeps nothing for files forgets the choice with the page. */
  const remembered = () => { try { return localStorage.getItem(KEY) === "zh"; } catch { return false; } };
  const remember = () => { try { localStorage.setItem(KEY, chinese ? "zh" : "en"); } catch { /* kept for this page alone */ } };

  /* The node of an element that holds its words: a label holds its select, too. */
  const wordsOf = (element) => [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  function put(element) {
    const node = wordsOf(element);
    if (!node) return;
    const shown = node.data.trim();
    if (element.dataset.words === undefined || (shown !== element.dataset.words && shown !== table()[element.dataset.words])) element.dataset.words = shown;
    const word = chinese && table()[element.dataset.words];
    node.data = node.data.replace(shown, word || element.dataset.words);
    if (word) element.lang = "zh-CN";
    else element.removeAttribute("lang");
  }

  /* A figure's title is its finding; in Chinese its usual title, since findings are English sentences. */
  function title(element) {
    const usual = element.dataset.usual;
    const word = chinese && table()[usual];
    element.textContent = word || element.dataset.finding || usual;
    if (word) element.lang = "zh-CN";
    else element.removeAttribute("lang");
  }

  function apply(root) {
    for (const element of root.querySelectorAll(WORDS)) if (element.dataset.usual) title(element); else put(element);
  }

  function choose(value) {
    chinese = value;
    const button = document.querySelector(".language");
    button.textContent = chinese ? "English" : "中文";
    button.lang = chinese ? "en" : "zh";
    apply(document);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".language")?.addEventListener("click", () => { choose(!chinese); remember(); });
    if (remembered()) choose(true);
  });
  return { apply, title };
})();
