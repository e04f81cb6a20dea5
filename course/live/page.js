// Draws the frames that course.live sends, in every place of the page that waits for them, and sends back what is pressed.

const GONE_AFTER = 5000; // milliseconds after which a plot whose output was cleared or deleted ends
const SILENT_AFTER = 5000; // milliseconds without a frame after which the plot says so,
const LEAVE_AFTER = 20000; // and after which it gives way to the picture
const QUIET_FOR = 3000; // milliseconds between two sentences that a screen reader is given

const style = `
.live-plot { position: relative; --live-paper: var(--jp-layout-color0, #fff); --live-ink: var(--jp-content-font-color1, #1a1a1a);
  --live-alarm: #a83c00; color: var(--live-ink); font-family: var(--jp-content-font-family, system-ui, sans-serif);
  font-size: 14px; line-height: 1.5; padding: 4px 0; }
body[data-jp-theme-light="false"] .live-plot { --live-faint: #b8b8b8; --live-grid: #3d3d3d; --live-band: #2b3440;
  --live-tasks: #56b4e9; --live-threads: #f5a04c; --live-alarm: #ffab66; }
.live-plot svg { display: block; }
.live-head { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; }
.live-status { flex: 1 1 20em; font-weight: 600; font-size: 15px; }
.live-status[data-alarm="true"] { color: var(--live-alarm); }
.live-said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.live-left { margin: 0; padding-left: 1.2em; }
.live-left li { font-family: var(--jp-code-font-family, monospace); font-size: 13px; }
.live-plot button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
  border-radius: 4px; padding: 1px 12px; cursor: pointer; }
.live-plot button[aria-pressed="true"] { background: var(--live-ink); color: var(--live-paper); }
.live-plot button:focus-visible { outline: 3px solid var(--live-tasks, #0072b2); outline-offset: 2px; }
`;

function build(tell) {
  const plot = document.createElement("div");
  plot.className = "live-plot";
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", "Live plot of tasks and threads");
  plot.setAttribute("data-lm-suppress-shortcuts", "true"); // Enter and Space press buttons, not the notebook's commands.
  plot.innerHTML = `
    <div class="live-head">
      <div class="live-status"></div>
      <div class="live-said" role="status"></div>
      <button type="button" class="live-whole" aria-pressed="false">Whole run</button>
      <button type="button" class="live-stop">Stop</button>
    </div>
    <div class="live-frame"></div>
    <div class="live-numbers"></div>
    <ul class="live-left"></ul>`;
  const whole = plot.querySelector(".live-whole");
  whole.onclick = () => tell({ whole: whole.getAttribute("aria-pressed") !== "true" });
  plot.querySelector(".live-stop").onclick = () => tell({ close: true });
  return plot;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function say(node, text) {
  const now = Date.now();
  if (node.textContent === text || now - (node.dataset.at || 0) < QUIET_FOR) return;
  node.dataset.at = now;
  node.textContent = text;
}

function setLines(list, lines) {
  const said = lines.join("\n");
  if (list.dataset.said === said) return;
  list.dataset.said = said;
  list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

// Whoever pressed Stop goes on from the plot's cell, by keyboard.
function focusOn(place) {
  place.closest(".jp-Notebook .jp-Cell")?.focus({ preventScroll: true });
}

function initialize({ model }) {
  const name = model.get("name");
  const tell = (message) => model.send(message);
  const places = () => document.querySelectorAll(`[data-live="${name}"]`);
  const sheet = document.createElement("style");
  sheet.textContent = `${style} ${model.get("sheet")} [data-live-picture="${name}"] { display: none; }`;
  let width = 0;
  let seen = Date.now(); // when the plot's place was last on the page
  let drawn = Date.now();

  function draw(frame) {
    drawn = Date.now();
    for (const place of places()) {
      seen = Date.now();
      if (!sheet.isConnected) document.head.append(sheet);
      if (!place.firstChild) place.append(build(tell));
      const plot = place.firstChild;
      if (plot.clientWidth && plot.clientWidth !== width) {
        width = plot.clientWidth;
        tell({ width });
      }
      const status = plot.querySelector(".live-status");
      setText(status, frame.status);
      status.dataset.alarm = frame.alarm;
      say(plot.querySelector(".live-said"), frame.said);
      setText(plot.querySelector(".live-numbers"), frame.numbers);
      setLines(plot.querySelector(".live-left"), frame.left);
      plot.querySelector(".live-whole").setAttribute("aria-pressed", frame.whole);
      plot.querySelector(".live-frame").innerHTML = frame.svg;
    }
    // With "windowing mode: full" (not JupyterLab's default) only cells in view are on the page: the rest are not gone.
    const windowed = document.querySelector('.jp-WindowedPanel-viewport[style*="absolute"]') !== null;
    if (!windowed && Date.now() - seen > GONE_AFTER) tell({ close: true });
  }

  function leave() {
    sheet.remove();
    for (const place of places()) {
      const pressed = place.contains(document.activeElement);
      place.replaceChildren();
      if (pressed) focusOn(place);
    }
  }

  const watchdog = setInterval(() => {
    const silence = Date.now() - drawn;
    if (silence > LEAVE_AFTER) leave();
    if (silence < SILENT_AFTER) return;
    for (const place of places()) {
      if (place.firstChild) setText(place.firstChild.querySelector(".live-status"), "The kernel is silent.");
    }
  }, 1000);

  model.on("msg:custom", draw);
  model.on("comm_live_update", leave); // The kernel restarts or has died: what remains is the picture.
  tell({});

  return () => {
    clearInterval(watchdog);
    model.off("msg:custom", draw);
    model.off("comm_live_update", leave);
    leave();
  };
}

export default { initialize };
