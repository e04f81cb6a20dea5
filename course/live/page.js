// Draws the frames that course.live sends, in every place of the page that waits for them, and sends back what is pressed.

const style = `
.live-plot { --live-paper: var(--jp-layout-color0, #fff); --live-ink: var(--jp-content-font-color1, #1a1a1a);
  color: var(--live-ink); font-family: var(--jp-content-font-family, system-ui, sans-serif); font-size: 14px; line-height: 1.5; }
body[data-jp-theme-light="false"] .live-plot { --live-faint: #b3b3b3; --live-grid: #3d3d3d; --live-band: #2a323c;
  --live-tasks: #56b4e9; --live-threads: #f0903c; }
.live-plot svg { display: block; }
.live-status { font-weight: 600; }
.live-left { margin: 0; padding-left: 1.2em; min-height: 3em; }
.live-left li { font-family: var(--jp-code-font-family, monospace); font-size: 13px; }
.live-plot button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
  border-radius: 4px; padding: 2px 12px; margin-right: 8px; cursor: pointer; }
.live-plot button[aria-pressed="true"] { background: var(--live-tasks, #0072b2); color: var(--live-paper, #fff); }
.live-plot button:focus-visible { outline: 3px solid var(--live-tasks, #0072b2); outline-offset: 2px; }
`;

function build(tell, state) {
  const plot = document.createElement("div");
  plot.className = "live-plot";
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", "Live plot of tasks and threads");
  plot.setAttribute("data-lm-suppress-shortcuts", "true"); // Enter and Space press buttons, not the notebook's commands.
  plot.innerHTML = `
    <div class="live-status" role="status"></div>
    <div class="live-frame"></div>
    <div class="live-numbers"></div>
    <ul class="live-left"></ul>
    <div><button class="live-stop">Stop</button><button class="live-whole" aria-pressed="false">Whole run</button></div>`;
  plot.querySelector(".live-stop").onclick = () => tell({ stop: true });
  plot.querySelector(".live-whole").onclick = () => {
    state.whole = !state.whole;
    tell({ whole: state.whole });
  };
  return plot;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function initialize({ model }) {
  const name = model.get("name");
  const state = { whole: false, width: 0 };
  const tell = (message) => model.send(message);

  const sheet = document.createElement("style");
  sheet.textContent =
    style + `.jp-OutputArea-child:has([data-live-picture="${name}"]) { display: none; }`;

  function draw(frame) {
    for (const place of document.querySelectorAll(`[data-live="${name}"]`)) {
      if (!sheet.isConnected) document.head.append(sheet);
      if (!place.firstChild) place.append(build(tell, state));
      const plot = place.firstChild;
      if (plot.clientWidth && plot.clientWidth !== state.width) {
        state.width = plot.clientWidth;
        tell({ width: state.width });
      }
      setText(plot.querySelector(".live-status"), frame.status);
      setText(plot.querySelector(".live-numbers"), frame.numbers);
      plot.querySelector(".live-frame").innerHTML = frame.svg;
      plot.querySelector(".live-whole").setAttribute("aria-pressed", String(state.whole));
      const list = plot.querySelector(".live-left");
      if (list.dataset.said !== frame.left.join("\n")) {
        list.dataset.said = frame.left.join("\n");
        list.replaceChildren(
          ...frame.left.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
        );
      }
    }
  }

  model.on("msg:custom", draw);

  return () => {
    model.off("msg:custom", draw);
    sheet.remove();
    for (const place of document.querySelectorAll(`[data-live="${name}"]`)) place.replaceChildren();
  };
}

export default { initialize };
