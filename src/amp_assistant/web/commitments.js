// The register beside Gradio: links are followed without loading the page anew, drawings are drawn.
// Plotly is fetched when a drawing first comes into view, and from this server. Everything a drawing says stands in a list or a table too.
(() => {
  const box = () => document.querySelector("#goto textarea, #goto input");

  let isFollowed = false; // a link of the page was followed: what it led to takes the focus that the link had
  let count = null;
  let steps = 0;
  const follow = (query) => {
    isFollowed = true;
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box()), "value").set;
    setter.call(box(), `${query}&suivi=${(steps += 1)}`); // never the same twice, or following it again would change nothing
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
    const above = data.ids.indexOf(data.level);
    const trace = {
      type: "treemap",
      branchvalues: "total",
      ids: data.ids,
      labels: data.labels.map((label, at) => (at === above ? label.replaceAll("<br>", " ") : label)), // the chosen place is a line on top
      parents: data.parents,
      values: data.values,
      level: data.level,
      maxdepth: 2, // one level at a time: smaller fields could not be read
      texttemplate: "%{label}<br>%{value}",
      hoverinfo: "skip",
      marker: { colors: data.ids.map((id) => colour(id === data.level ? "--paper" : "--tint")), line: { color: colour("--link"), width: 1 } },
      textfont: { size: 14, color: colour("--ink") },
      tiling: { pad: 4 },
      pathbar: { thickness: 28, textfont: { size: 14, color: colour("--ink") } },
    };
    Plotly.newPlot(place, [trace], layout({}), STILL);
    place.on("plotly_treemapclick", (event) => {
      const clicked = data.ids.indexOf(event.points[0].id);
      const at = clicked === above ? data.ids.indexOf(data.parents[above]) : clicked; // the chosen place itself leads back up
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
    const longest = Math.max(100, ...data.shares) * (place.clientWidth < 600 ? 2 : 1.1); // room for a label beside a short bar
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
        xaxis: { ...axis, ticksuffix: " %", range: [0, longest], title: { text: "en pourcentage de la cible", font: { size: 14 } } },
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
  let isOpen = false; // the tree stays open while it is walked through, though Gradio draws it anew
  document.addEventListener("toggle", (event) => event.target.matches?.("#drawing details.tree") && (isOpen = event.target.open), true);
  let isFolded = false; // on a narrow screen the tables come first: the places of the plan are folded away once
  const fold = () => {
    const open = !isFolded && document.querySelector("#row-filters .more-filters button.label-wrap.open");
    if (!open) return;
    isFolded = true;
    if (matchMedia("(max-width: 40rem)").matches) open.click();
  };
  const look = () => {
    const tree = document.querySelector("#drawing details.tree");
    if (tree && !known.has(tree)) known.set(tree, (tree.open = isOpen));
    document.querySelector("#drawing a.current:not([aria-current])")?.setAttribute("aria-current", "true"); // Gradio lets no such mark through
    const now = document.querySelector("#told .count");
    if (isFollowed && now && now !== count) {
      isFollowed = false;
      now.tabIndex = -1;
      now.focus({ preventScroll: true });
    }
    if (now) fold();
    count = now;
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
