/* Answers the choices of a page: figures come ready from the release, this script only swaps, filters and lists.
   chains.js draws the flow diagram, words.js writes cells and files. */
"use strict";

window.ATLAS = (() => {
  const { heading, text, csv } = window.WORDS;
  const parts = {};
  const CONFIG = { displayModeBar: false, responsive: true };
  const PREVIEW = 60, LONG = 60;
  const KEPT = ["statement", "path"]; /* what a row is about */

  /* A data file hands over its figure. A figure whose choices are files of their own has one part for each. */
  function add(name, part) {
    const rows = part.columns ? once(() => decode(part)) : null;
    if (!parts[name]) parts[name] = { ...part, byKey: {} };
    if (part.key) parts[name].byKey[part.key] = rows;
    else parts[name].rows = rows;
  }

  /* What is not looked at is not made: rows become objects when a table, a file or the flow diagram asks for them. */
  function once(make) {
    let made;
    return () => (made ??= make());
  }

  function decode(part) {
    const columns = part.columns.map(([, labels, values]) => (labels ? values.map((code) => labels[code]) : values));
    const length = columns.length ? columns[0].length : 0;
    return Array.from({ length }, (_, row) => Object.fromEntries(part.columns.map(([name], at) => [name, columns[at][row]])));
  }

  /* A state names its values by their place in the figure's pool; Plotly writes into what it gets, so it gets copies. */
  function stateOf(part, key) {
    const state = part.states?.[key];
    if (!state?.data) return state;
    const taken = (values) => Object.fromEntries(Object.entries(values).map(([name, at]) => [name, structuredClone(part.pool[at])]));
    return { ...state, data: state.data.map(taken), layout: taken(state.layout) };
  }

  const subject = () => document.getElementById("subject");

  /* The choices of a figure in the order of its states; the subject of the page is shared by all its figures. */
  function chosenOf(section) {
    const shared = subject();
    const select = ({ name }) => (shared && shared.name === name ? shared : section.querySelector(`select[name="${name}"]`));
    return Object.fromEntries(parts[section.dataset.figure].selects.map((each) => [each.name, select(each).value]));
  }

  /* --- the address keeps the choices that differ from the first ones --- */
  const selects = () => [...document.querySelectorAll("main select")];
  const keyOf = (select) => (select === subject() ? select.name : select.id.replace(/-(?=[^-]*$)/, "."));
  const firstOf = (select) => ([...select.options].find((each) => each.defaultSelected) || select.options[0]).value;

  function keep(chosen) {
    const kept = selects().filter((each) => each === subject() || each.value !== firstOf(each));
    const text = new URLSearchParams(kept.map((each) => [keyOf(each), each.value])).toString();
    history.replaceState(null, "", text ? `#${text}` : location.href.split("#")[0]);
    handOn(chosen);
  }

  /* What a page hands on to the others: the province, the consumer and the pollutant that were chosen. */
  const SHARED = { province: ["province", "receptor", "place"], consumer: ["consumer"], pollutant: ["pollutant"] };
  const sharedName = (select) => Object.keys(SHARED).find((name) => SHARED[name].includes(select.name));

  function handOn(chosen) {
    const name = chosen && sharedName(chosen);
    if (name) handed.set(name, chosen.value);
    const text = handed.toString();
    for (const link of document.querySelectorAll("nav a")) link.href = link.href.split("#")[0] + (text ? `#${text}` : "");
  }

  /* What the page before handed on, and what has been chosen here since. */
  const handed = new URLSearchParams();

  function takeUp() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(SHARED)) if (wanted.has(name)) handed.set(name, wanted.get(name));
    for (const select of selects()) if (sharedName(select) && wanted.has(keyOf(select))) handed.set(sharedName(select), wanted.get(keyOf(select)));
    /* An address without choices is an anchor of the page: it changes none. */
    for (const select of location.hash.includes("=") ? selects() : []) {
      const shared = wanted.get(sharedName(select));
      const has = (value) => [...select.options].some((each) => each.value === value);
      const value = wanted.get(keyOf(select)) ?? (select !== subject() && has(shared) ? shared : null);
      const isThere = has(value);
      select.value = isThere ? value : firstOf(select);
      if (select === subject()) say(select.closest(".choices"), value && !isThere ? `There is no ${select.name} ${value} here.` : "");
    }
    nameSubject();
    handOn();
  }

  function nameSubject() {
    const shared = subject();
    if (!shared) return;
    const name = shared.selectedOptions[0].textContent;
    document.querySelector("h1").textContent = name;
    document.title = `${name} · tradeplume atlas`;
  }

  /* --- a place or a consumer in a figure opens its page --- */
  function open(page, code) {
    const shared = subject();
    if (shared && document.body.dataset.page === page) {
      if (![...shared.options].some((each) => each.value === code)) return;
      shared.value = code;
      shared.dispatchEvent(new Event("change"));
      scrollTo(0, 0);
    } else location.href = `${document.body.dataset.places}${page}.html#${page}=${code}`;
  }

  function lead(plot) {
    const page = plot.data.find((trace) => trace.meta?.page)?.meta.page;
    plot.classList.toggle("leads", Boolean(page));
    let hint = plot.parentElement.querySelector(".hint");
    if (!hint) {
      hint = plot.parentElement.appendChild(document.createElement("p"));
      hint.className = "hint quiet";
    }
    hint.textContent = page ? `Click a ${page} to open its page.` : "";
    if (plot.isLeading) return;
    plot.isLeading = true;
    plot.on("plotly_click", ({ points: [point] }) => {
      const meta = point.data.meta;
      const code = meta?.codes?.[point.pointNumber];
      if (code) open(meta.page, code);
    });
  }

  /* On a phone the title of the lower axis needs more lines than beside a desk. */
  const NARROW = 520, LETTERS = 24;

  function fitted(layout, width) {
    const title = layout.xaxis?.title?.text;
    if (!title || width >= NARROW) return layout;
    const lines = [""];
    for (const word of title.replaceAll("<br>", " ").split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && `${lines[last]} ${word}`.length > LETTERS) lines.push(word);
      else lines[last] = lines[last] ? `${lines[last]} ${word}` : word;
    }
    return { ...layout, xaxis: { ...layout.xaxis, title: { ...layout.xaxis.title, text: lines.join("<br>") } } };
  }

  function filtered(part, rows, chosen) {
    const filters = part.selects.filter((select) => select.column);
    return rows.filter((row) => filters.every((select) => String(row[select.column]) === chosen[select.name]));
  }

  function load(name, key, then) {
    if (parts[name].byKey[key]) return then();
    const script = document.createElement("script");
    script.src = `data/${name}.${key}.js`;
    script.onload = then;
    script.onerror = () => say(document.getElementById(name), `data/${name}.${key}.js is missing`);
    document.head.append(script);
  }

  function show(section) {
    const name = section.dataset.figure;
    const part = parts[name];
    const chosen = chosenOf(section);
    const draw = () => {
      const rows = part.splitBy ? part.byKey[chosen[part.splitBy]] : part.rows;
      section.rowsShown = once(() => filtered(part, rows(), chosen));
      section.rowsAll = rows;
      const plot = section.querySelector(".plot");
      const told = section.querySelector(".told");
      const state = part.live ? CHAINS.draw(section.rowsShown(), chosen) : stateOf(part, Object.values(chosen).join("|"));
      const title = section.querySelector("h2");
      title.dataset.usual ??= title.dataset.words || title.textContent;
      title.dataset.finding = (state?.finding || "").replace(/(\d) (µg|t\b)/g, "$1\u00a0$2");
      window.LANGUAGE?.title(title);
      /* A page of one place leaves out a figure that has nothing to say of it. */
      section.hidden = !state && Boolean(subject()) && part.absent === "";
      const explained = section.querySelector(".explains");
      if (explained) explained.textContent = state?.explains || "";
      if (told) tell(told, state, part.absent);
      if (plot && state) {
        if (!plot.data) plot.replaceChildren();
        Plotly.react(plot, state.data, { ...ATLAS_BASE.layout, ...fitted(state.layout, plot.clientWidth) }, CONFIG);
        lead(plot);
      } else if (plot) {
        if (plot.data) { Plotly.purge(plot); plot.isLeading = false; }
        plot.classList.remove("leads");
        plot.parentElement.querySelector(".hint")?.remove();
        plot.textContent = part.absent;
      }
      plot?.classList.toggle("empty", !state);
      list(section);
      section.dataset.ready = Object.values(chosen).join("|") || "yes";
    };
    if (part.splitBy) load(name, chosen[part.splitBy], draw);
    else draw();
  }

  function tell(place, state, absent) {
    const element = (kind, text, name) => Object.assign(document.createElement(kind), { textContent: text, className: name || "" });
    if (!state) return place.replaceChildren(element("p", absent, "absent"));
    const facts = element("ul", "", "facts");
    for (const [question, value, text] of state.facts) {
      const fact = facts.appendChild(document.createElement("li"));
      fact.append(element("span", question, "quiet"), element("strong", value), element("span", text));
    }
    place.replaceChildren(facts, ...state.notes.map((text) => element("p", text, "note")));
    window.LANGUAGE?.apply(place);
  }

  /* --- tables --- */
  function list(section) {
    const isTable = Boolean(section.querySelector(".table"));
    const place = section.querySelector(isTable ? ".table" : "details.rows .scroll");
    if (!isTable && !section.querySelector("details.rows").open) return;
    const rows = section.rowsShown();
    const limit = isTable ? rows.length : PREVIEW;
    /* What the choices fix, they say: a table does not repeat it in every row. The CSV holds all columns. */
    const fixed = parts[section.dataset.figure].selects.map((each) => each.column).filter(Boolean);
    const same = (column) => rows.every((row) => row[column] === rows[0][column]);
    const columns = (rows.length ? Object.keys(rows[0]) : []).filter(
      (column) => !fixed.includes(column) && !(fixed.length && /^name(_zh)?$/.test(column) && same(column)),
    );
    const table = document.createElement("table");
    const caption = table.createCaption();
    caption.textContent = !rows.length && isTable ? parts[section.dataset.figure].absent : rows.length > limit ? `First ${limit} of ${rows.length} rows; the CSV holds all.` : `${rows.length} rows`;
    /* Long texts stand below their row, so that the columns fit the page. */
    const isLong = (column) => isTable && rows.some((row) => typeof row[column] === "string" && row[column].length > LONG);
    const long = columns.slice(1).filter((column) => columns.length > 3 && isLong(column) && !KEPT.includes(column));
    const short = columns.filter((column) => !long.includes(column));
    const head = table.createTHead().insertRow();
    for (const column of short) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = heading(column);
      if (rows.some((row) => typeof row[column] === "number")) cell.className = "number";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const row of rows.slice(0, limit)) {
      const line = body.insertRow();
      for (const column of short) {
        const cell = line.insertCell();
        cell.textContent = text(column, row[column]);
        cell.dataset.label = heading(column);
        if (typeof row[column] === "number") cell.className = "number";
        else cell.className = cell.textContent.length > LONG ? "long" : cell.textContent.length < 28 ? "brief" : "";
      }
      const texts = long.filter((column) => row[column]);
      if (!texts.length) continue;
      line.className = "begun";
      const more = body.insertRow().insertCell();
      more.colSpan = short.length;
      more.className = "more";
      more.appendChild(document.createElement("div")).textContent = texts.map((column) => `${heading(column)}: ${text(column, row[column])}`).join(" · ");
    }
    place.replaceChildren(table);
  }

  /* --- buttons --- */
  function say(section, message) {
    section.querySelector(".said").textContent = message;
  }

  function copy(section, text, what) {
    const done = () => say(section, `The ${what} is copied.`);
    const byHand = () => {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      say(section, copied ? `The ${what} is copied.` : "This browser does not allow copying: mark the text.");
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  }

  function download(section) {
    const link = document.createElement("a");
    const part = parts[section.dataset.figure];
    const key = part.splitBy ? `_${chosenOf(section)[part.splitBy]}` : "";
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(section.rowsAll())], { type: "text/csv" }));
    link.download = `${section.dataset.figure}${key}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(section, `${section.rowsAll().length} rows.`);
  }

  /* --- a page that this edition has no data for leads to an edition that has --- */
  function leadElsewhere() {
    const here = document.body.dataset.folder;
    if (!here) return;
    for (const link of document.querySelectorAll("nav a")) {
      const page = link.getAttribute("href").replace(".html", "");
      const folders = window.ATLAS_FOUND?.[page] || [];
      if (folders.length && !folders.includes(here)) {
        link.href = `../${folders[0]}/${page}.html`; /* its choices follow in handOn */
        link.title = `edition ${folders[0]}`;
      }
    }
  }

  function start() {
    leadElsewhere();
    const here = document.querySelector("nav [aria-current]");
    if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft - 60;
    const sections = [...document.querySelectorAll('.figure[data-present="yes"]')];
    const all = [...sections];
    takeUp();
    subject()?.addEventListener("change", () => { keep(subject()); nameSubject(); all.forEach(show); });
    const link = document.querySelector(".link");
    link?.addEventListener("click", () => { keep(); copy(link.parentElement, location.href, "link"); });
    addEventListener("hashchange", () => { takeUp(); all.forEach(show); });
    for (const section of sections) {
      for (const select of section.querySelectorAll("select")) select.addEventListener("change", () => { keep(select); show(section); });
      section.querySelector(".copy").addEventListener("click", () => copy(section, section.querySelector("pre code").textContent, "SQL"));
      section.querySelector(".csv").addEventListener("click", () => download(section));
      section.querySelector(".svg")?.addEventListener("click", () => {
        const plot = section.querySelector(".plot");
        Plotly.downloadImage(plot, { format: "svg", filename: section.dataset.figure, width: plot.clientWidth, height: plot.clientHeight });
      });
      section.querySelector("details.rows")?.addEventListener("toggle", () => list(section));
    }
    /* One figure at a time, so that the page answers while the rest is drawn. */
    const next = () => {
      const section = sections.shift();
      if (!section) return;
      show(section);
      setTimeout(next, 0);
    };
    next();
  }

  document.addEventListener("DOMContentLoaded", start);
  return { add, csv };
})();
