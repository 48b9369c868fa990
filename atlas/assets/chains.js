/* The flow diagram, which has too many combinations to come ready: the page computes it from rows.
   chainLinks and draw are the twins of atlas/sankey.py, finding is that of page_findings.chains. */
"use strict";

window.CHAINS = (() => {
  const ALL = "all";

  function chainLinks(rows, emitter, consumer) {
    const kept = rows.filter((row) => emitter === ALL || row.emitter === emitter);
    const byLayer = consumer === ALL ? kept.filter((row) => row.layer !== ALL) : [];
    const byConsumer = kept.filter((row) => row.layer === ALL && (consumer === ALL || row.consumer === consumer));
    const emitters = largest(byConsumer, "emitter");
    const exporters = largest(byConsumer, "exporter");
    const shown = (name, among) => (among.has(name) ? name : ATLAS_BASE.others);
    const links = new Map();
    const add = (source, target, tonnes) => {
      const key = JSON.stringify([source, target]);
      links.set(key, (links.get(key) || 0) + tonnes);
    };
    for (const row of byLayer) {
      const layer = [1, ATLAS_BASE.layers[row.layer] || row.layer];
      add([0, shown(row.emitter, emitters)], layer, row.emission_t);
      add(layer, [2, shown(row.exporter, exporters)], row.emission_t);
    }
    const exporterColumn = consumer === ALL ? 2 : 1;
    for (const row of byConsumer) {
      const exporter = [exporterColumn, shown(row.exporter, exporters)];
      if (consumer !== ALL) add([0, shown(row.emitter, emitters)], exporter, row.emission_t);
      add(exporter, [exporterColumn + 1, row.consumer], row.emission_t);
    }
    return [...links].filter(([, value]) => value > 0).map(([key, value]) => [...JSON.parse(key), value]);
  }

  function largest(rows, column) {
    const totals = new Map();
    for (const row of rows) totals.set(row[column], (totals.get(row[column]) || 0) + row.emission_t);
    const ordered = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return new Set(ordered.slice(0, ATLAS_BASE.shownProvinces).map(([name]) => name));
  }

  function draw(rows, chosen) {
    const links = chainLinks(rows, chosen.emitter, chosen.consumer);
    const totals = new Map();
    for (const [source, target, value] of links)
      for (const node of [source, target]) totals.set(JSON.stringify(node), (totals.get(JSON.stringify(node)) || 0) + value);
    const nodes = [...totals].map(([key, total]) => [...JSON.parse(key), total]);
    nodes.sort(([a, x, p], [b, y, q]) => a - b || q - p || (x < y ? -1 : 1));
    const place = new Map(nodes.map(([column, name], at) => [JSON.stringify([column, name]), at]));
    const heads = chosen.consumer === ALL ? ["emitted in", "by which layer", "exported by", "consumed in"] : ["emitted in", "exported by", "consumed in"];
    const model = ATLAS_BASE.sankey;
    const trace = {
      ...model.trace,
      node: { ...model.trace.node, label: nodes.map(([, name]) => name), color: nodes.map(([column]) => model.colours[column]) },
      link: {
        ...model.trace.link,
        source: links.map(([source]) => place.get(JSON.stringify(source))),
        target: links.map(([, target]) => place.get(JSON.stringify(target))),
        value: links.map(([, , value]) => value),
      },
    };
    const annotations = heads.map((head, at) => ({
      ...model.annotation,
      text: head,
      x: at / (heads.length - 1),
      xanchor: at === 0 ? "left" : at === heads.length - 1 ? "right" : "center",
    }));
    return { data: [trace], layout: { ...model.layout, annotations }, finding: chainsFinding(rows, chosen) };
  }

  /* The twin of page_findings.chains. */
  function chainsFinding(rows, { emitter, consumer }) {
    const totals = new Map();
    for (const row of rows)
      if (row.layer === ALL && [ALL, row.emitter].includes(emitter) && [ALL, row.consumer].includes(consumer))
        totals.set(row.exporter, (totals.get(row.exporter) || 0) + row.emission_t);
    const whole = [...totals.values()].reduce((sum, value) => sum + value, 0);
    if (whole <= 0) return "";
    const english = (name) => name.replace(/ [^ ]*[^\x00-\x7f][^ ]*$/, "");
    const [[first, most]] = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const what = emitter === ALL ? "what exports drive" : `what ${english(emitter)} emits for exports`;
    return `Exports of ${english(first)} carry ${((100 * most) / whole).toFixed(0)}% of ${what}${consumer === ALL ? "" : ` for ${consumer}`}`;
  }

  return { draw };
})();
