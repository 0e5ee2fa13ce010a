// The register beside Gradio: links are followed without loading the page anew, drawings are drawn.
// Plotly is fetched when a drawing first comes into view, and from this server. Everything a drawing says stands in a list or a table too.
(() => {
  const box = () => document.querySelector("#goto textarea, #goto input");

  const follow = (query) => {
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box()), "value").set;
    setter.call(box(), query);
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#register a.follow");
    if (!link || !box() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    follow(link.search);
    if (link.closest(".pages")) document.querySelector("#told").scrollIntoView({ block: "start" });
  });

  // The library, which is loaded once.
  let library;
  const plotly = (src) =>
    (library ??= new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src, onload: () => resolve(window.Plotly), onerror: reject });
      document.head.append(script);
    }));

  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const layout = (more) => ({
    font: { family: getComputedStyle(document.querySelector("#register")).fontFamily, size: 14, color: colour("--ink") },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    margin: { l: 0, r: 0, t: 0, b: 0 },
    hoverlabel: { bgcolor: colour("--paper"), bordercolor: colour("--edge"), font: { color: colour("--ink") } },
    separators: ",\u202f",
    ...more,
  });
  const STILL = { displayModeBar: false, responsive: true, staticPlot: false };

  const tree = (Plotly, place, data) => {
    const isNarrow = place.clientWidth < 600;
    const shades = data.ids.map((id) => (id === "" ? colour("--page") : colour(id.includes(".") ? "--tint" : "--strong")));
    const inks = data.ids.map((id) => (id === "" || id.includes(".") ? colour("--ink") : colour("--on-strong")));
    const trace = {
      type: "treemap",
      branchvalues: "total",
      ids: data.ids,
      labels: data.labels,
      parents: data.parents.map((parent) => parent ?? null),
      values: data.values,
      level: data.level,
      maxdepth: isNarrow ? 2 : 3,
      texttemplate: "%{label}<br>%{value}",
      hovertemplate: "%{label}<br>%{value} lignes<extra></extra>",
      marker: { colors: shades, line: { color: colour("--edge"), width: 1 }, pad: { t: 26, l: 4, r: 4, b: 4 } },
      textfont: { color: inks },
      tiling: { pad: 3 },
      pathbar: { visible: true, textfont: { color: colour("--ink") } },
    };
    Plotly.newPlot(place, [trace], layout({}), STILL);
    place.on("plotly_treemapclick", (event) => {
      const at = data.ids.indexOf(event.points[0].id);
      if (at >= 0) follow(data.queries[at]);
      return false; // no flight of its own: the page draws the chosen place
    });
  };

  const bars = (Plotly, place, data) => {
    const common = { type: "bar", orientation: "h", y: data.labels, textposition: "auto", insidetextanchor: "start", cliponaxis: false, hoverinfo: "text" };
    const traces = [
      { ...common, name: "Cible", x: data.shares.map(() => 100), text: data.aims, marker: { color: colour("--tint"), line: { color: colour("--link"), width: 2 } }, textfont: { color: colour("--ink") } },
      { ...common, name: "Résultat", x: data.shares, text: data.results, marker: { color: colour("--strong") }, outsidetextfont: { color: colour("--ink") }, insidetextfont: { color: colour("--on-strong") } },
    ];
    place.style.height = `${data.labels.length * 92 + 90}px`;
    const axis = { color: colour("--ink"), gridcolor: colour("--line"), zerolinecolor: colour("--edge"), automargin: true, fixedrange: true };
    Plotly.newPlot(
      place,
      traces,
      layout({
        barmode: "group",
        bargap: 0.35,
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
        margin: { l: 8, r: 24, t: 30, b: 8 },
        xaxis: { ...axis, ticksuffix: " %", rangemode: "tozero", title: { text: "en pourcentage de la cible", font: { size: 14 } } },
        yaxis: { ...axis, autorange: "reversed", showgrid: false, ticks: "outside", ticklen: 8, tickcolor: "transparent" },
      }),
      STILL,
    );
  };

  const draw = async (place) => {
    const link = place.parentElement.querySelector("a.drawing-data");
    try {
      const data = await fetch(link.href).then((answer) => answer.json());
      const Plotly = await plotly(data.library);
      if (!place.isConnected) return;
      place.setAttribute("aria-hidden", "true"); // its figures stand in the list or the table
      ({ tree, bars })[data.kind](Plotly, place, data);
    } catch {
      place.textContent = "Le dessin ne peut pas être affiché ; la liste et le tableau disent la même chose.";
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
  }, { rootMargin: "200px" });

  const known = new WeakMap(); // each place, and the address of the figures that it was drawn from
  const look = () => {
    for (const place of document.querySelectorAll("#register .plot")) {
      const source = place.parentElement.querySelector("a.drawing-data")?.href;
      if (known.get(place) === source) continue;
      known.set(place, source);
      seen.observe(place);
    }
    const told = document.querySelector("#told");
    if (told && !told.hasAttribute("aria-live")) told.setAttribute("aria-live", "polite");
  };
  const again = () => document.querySelectorAll("#register .plot.js-plotly-plot").forEach(draw);
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(again)); // once Gradio has set its class
})();
