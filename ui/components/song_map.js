// A map of songs: points by WebGL, names and the lasso on a canvas over them. Panning and zooming
// change one number a corner, so 100,000 points move as fast as a few. Where there is no WebGL the
// points are drawn one by one, and it is said. Nothing is asked of a server.
const maps = new WeakMap();
const HIDDEN = 255;
const VERTEX = `
attribute vec2 place; attribute vec4 colour; uniform vec2 scale, shift; uniform float size; varying vec4 ink;
void main() { gl_Position = colour.a > 0.0 ? vec4(place * scale + shift, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size; ink = colour; }`;
const FRAGMENT = `
precision mediump float; varying vec4 ink;
void main() { float cover = 1.0 - smoothstep(0.38, 0.5, distance(gl_PointCoord, vec2(0.5)));
  gl_FragColor = vec4(ink.rgb * cover, cover); }`;

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

class Dots {
  constructor(canvas) {
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl", { antialias: false, alpha: true, preserveDrawingBuffer: false });
    if (!this.gl) {
      this.flat = canvas.getContext("2d");
      return;
    }
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.at = (name) => gl.getUniformLocation(program, name);
    [this.scale, this.shift, this.size] = ["scale", "shift", "size"].map(this.at);
    this.buffers = ["place", "colour"].map((name, number) => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      const place = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(place);
      if (number) gl.vertexAttribPointer(place, 4, gl.UNSIGNED_BYTE, true, 0, 0);
      else gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
      return buffer;
    });
  }

  take(points, inks) {
    this.points = points;
    this.inks = inks;
    if (!this.gl) return;
    [points, inks].forEach((values, number) => {
      this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[number]);
      this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW);
    });
  }

  draw(view, size) {
    const { width, height } = this.canvas;
    const count = this.points.length / 2;
    if (this.gl) {
      const gl = this.gl;
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(this.scale, (2 * view.zoom) / width, (2 * view.zoom) / height);
      gl.uniform2f(this.shift, (2 * view.x) / width - 1, 1 - (2 * view.y) / height);
      gl.uniform1f(this.size, size);
      gl.drawArrays(gl.POINTS, 0, count);
      return;
    }
    this.flat.clearRect(0, 0, width, height);
    for (let at = 0; at < count; at += 1) {
      if (!this.inks[4 * at + 3]) continue;
      this.flat.fillStyle = `rgb(${this.inks[4 * at]},${this.inks[4 * at + 1]},${this.inks[4 * at + 2]})`;
      const x = view.x + this.points[2 * at] * view.zoom;
      this.flat.fillRect(x - size / 2, view.y - this.points[2 * at + 1] * view.zoom - size / 2, size, size);
    }
  }
}

class SongMap {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector(".stage");
    this.marks = root.querySelector(".marks");
    this.tip = root.querySelector(".tip");
    this.dots = new Dots(root.querySelector(".dots"));
    this.mode = "move";
    this.labelled = true;
    this.view = null;
    this.pointers = new Map();
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.onclick = () => this.choose(button.dataset.mode);
    }
    for (const [act, way] of [["in", 1.5], ["out", 1 / 1.5]]) {
      root.querySelector(`[data-act=${act}]`).onclick = () => this.zoom(way);
    }
    root.querySelector("[data-act=all]").onclick = () => this.showAll();
    root.querySelector("[data-act=labels]").onchange = (event) => {
      this.labelled = event.target.checked;
      this.draw();
    };
    this.stage.addEventListener("pointerdown", (event) => this.down(event));
    this.stage.addEventListener("pointermove", (event) => this.moved(event));
    for (const kind of ["pointerup", "pointercancel"]) this.stage.addEventListener(kind, (event) => this.up(event));
    this.stage.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), this.place(event));
    }, { passive: false });
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
  }

  take(data, send) {
    this.send = send;
    if (data.id !== this.id) {
      this.id = data.id;
      const whole = new Uint16Array(bytes(data.points).buffer);
      this.points = Float32Array.from(whole, (value) => value / 32767.5 - 1);
      this.view = null;
      this.line = null;
    }
    this.told = data.told.split("\n");
    this.groups = bytes(data.groups);
    this.labels = data.labels;
    this.colours = data.palette;
    const inks = new Uint8Array(4 * this.groups.length);
    const known = data.palette.map(rgb);
    this.groups.forEach((group, at) => {
      if (group !== HIDDEN) inks.set([...known[group], 255], 4 * at);
    });
    this.dots.take(this.points, inks);
    this.stage.setAttribute("aria-label", data.alt);
    this.legend(data.legend);
    this.say(data.said || this.dots.gl ? data.said : "This browser has no WebGL, so many songs move slowly.");
    this.grid();
    this.resize();
  }

  legend(entries) {
    this.root.querySelector(".legend").replaceChildren(...entries.map((entry) => {
      const item = document.createElement("li");
      const dot = document.createElement("i");
      dot.style.background = entry.colours.length > 1 ? `linear-gradient(90deg, ${entry.colours})` : entry.colours[0];
      if (entry.colours.length > 1) dot.className = "ramp";
      const count = document.createElement("span");
      count.textContent = entry.count;
      item.append(dot, entry.name, count);
      return item;
    }));
  }

  say(text) {
    const hint = this.mode === "lasso" ? "Draw a line around songs to choose them." : "Drag to move, scroll to zoom; Lasso chooses songs.";
    this.root.querySelector(".say").textContent = text || hint;
  }

  choose(mode) {
    this.mode = mode;
    this.stage.classList.toggle("lasso", mode === "lasso");
    for (const button of this.root.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", button.dataset.mode === mode);
    this.say("");
  }

  // Cells of songs, so that the one under the pointer is found at once.
  grid() {
    this.cells = new Map();
    for (let at = 0; at < this.groups.length; at += 1) {
      if (this.groups[at] === HIDDEN) continue;
      const key = this.cell(this.points[2 * at], this.points[2 * at + 1]);
      if (this.cells.has(key)) this.cells.get(key).push(at);
      else this.cells.set(key, [at]);
    }
  }

  cell(x, y) {
    return Math.floor((x + 1) * 100) * 1000 + Math.floor((y + 1) * 100);
  }

  resize() {
    const { width, height } = this.stage.getBoundingClientRect();
    if (!width || !this.points) return;
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.dots.canvas, this.marks]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    if (!this.view) this.showAll();
    else this.drawNow();
  }

  showAll() {
    const { width, height } = this.marks;
    this.view = { x: width / 2, y: height / 2, zoom: 0.47 * Math.min(width, height) };
    this.base = this.view.zoom;
    this.drawNow();
  }

  zoom(by, at) {
    const { width, height } = this.marks;
    const centre = at || { x: width / 2, y: height / 2 };
    const next = Math.min(Math.max(this.view.zoom * by, this.base / 2), this.base * 200);
    const share = next / this.view.zoom;
    this.view = { zoom: next, x: centre.x + (this.view.x - centre.x) * share, y: centre.y + (this.view.y - centre.y) * share };
    this.draw();
  }

  place(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: (event.clientX - box.left) * this.ratio, y: (event.clientY - box.top) * this.ratio };
  }

  down(event) {
    if (event.button > 0) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.tip.hidden = true;
    if (this.mode === "lasso" && this.pointers.size === 1) this.line = [this.inMap(this.place(event))];
  }

  moved(event) {
    const now = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.hover(now);
      return;
    }
    if (this.pointers.size > 1) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
      this.zoom(apart(now) / apart(before), other);
      this.line = null;
    } else if (this.mode === "lasso" && this.line) {
      this.line.push(this.inMap(now));
      this.draw();
    } else {
      this.view = { ...this.view, x: this.view.x + now.x - before.x, y: this.view.y + now.y - before.y };
      this.draw();
    }
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || this.mode !== "lasso" || !this.line) return;
    if (this.line.length > 2) {
      this.say("Looking for the songs within …");
      this.send("lasso", { id: this.id, line: this.line, turn: Date.now() });
    } else {
      this.line = null;
    }
    this.draw();
  }

  key(event) {
    const step = 40 * this.ratio;
    const ways = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const way = ways[event.key];
    if (way) this.view = { ...this.view, x: this.view.x + way[0], y: this.view.y + way[1] };
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else return;
    event.preventDefault();
    this.draw();
  }

  inMap({ x, y }) {
    return [(x - this.view.x) / this.view.zoom, (this.view.y - y) / this.view.zoom];
  }

  hover(at) {
    const [x, y] = this.inMap(at);
    const reach = (8 * this.ratio) / this.view.zoom;
    let best = -1;
    let nearest = reach * reach;
    const steps = Math.min(Math.ceil(reach * 100), 8);
    for (let right = -steps; right <= steps; right += 1) {
      for (let up = -steps; up <= steps; up += 1) {
        for (const song of this.cells.get(this.cell(x + right / 100, y + up / 100)) || []) {
          const far = (this.points[2 * song] - x) ** 2 + (this.points[2 * song + 1] - y) ** 2;
          if (far < nearest) [best, nearest] = [song, far];
        }
      }
    }
    this.tip.hidden = best < 0;
    if (best < 0) return;
    this.tip.textContent = this.told[best].replaceAll("\t", "\n");
    const [left, top] = [at.x / this.ratio, at.y / this.ratio];
    const { clientWidth, clientHeight } = this.stage;
    this.tip.style.left = `${Math.max(0, Math.min(left + 12, clientWidth - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${Math.max(0, top + 16 + this.tip.offsetHeight > clientHeight ? top - this.tip.offsetHeight - 10 : top + 14)}px`;
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    if (!this.view || !this.marks.width) return;
    const usual = this.groups.length > 20_000 ? 2 : this.groups.length > 2000 ? 3.5 : 7;
    this.dots.draw(this.view, usual * this.ratio * Math.min(Math.max((this.view.zoom / this.base) ** 0.4, 1), 3));
    const pen = this.marks.getContext("2d");
    pen.clearRect(0, 0, this.marks.width, this.marks.height);
    const style = getComputedStyle(this.stage);
    if (this.labelled) this.names(pen, style);
    if (!this.line) return;
    pen.strokeStyle = style.color;
    pen.lineWidth = 1.5 * this.ratio;
    pen.setLineDash([6 * this.ratio, 4 * this.ratio]);
    pen.beginPath();
    for (const [x, y] of this.line) pen.lineTo(this.view.x + x * this.view.zoom, this.view.y - y * this.view.zoom);
    if (!this.pointers.size) pen.closePath();
    pen.stroke();
    pen.setLineDash([]);
  }

  // The largest groups first; a name that would cover another waits until there is room.
  names(pen, style) {
    const size = 13 * this.ratio;
    pen.font = `600 ${size}px ${style.fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 4 * this.ratio;
    pen.strokeStyle = getComputedStyle(this.root.querySelector("button")).getPropertyValue("--st-background-color") || "#fff";
    pen.fillStyle = style.color;
    const taken = [];
    for (const { name, x, y } of this.labels) {
      const half = pen.measureText(name).width / 2 + 4;
      const across = Math.min(Math.max(this.view.x + x * this.view.zoom, half), this.marks.width - half);
      const down = this.view.y - y * this.view.zoom;
      if (down < 0 || down > this.marks.height) continue;
      if (taken.some((one) => Math.abs(one.across - across) < one.half + half && Math.abs(one.down - down) < size * 1.3)) continue;
      taken.push({ across, down, half });
      pen.strokeText(name, across, down);
      pen.fillText(name, across, down);
    }
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let map = maps.get(parentElement);
  if (!map || !parentElement.contains(map.stage)) {
    map?.watch.disconnect();
    map = new SongMap(parentElement);
    maps.set(parentElement, map);
  }
  map.take(data, setTriggerValue);
  return () => {
    if (map.stage.isConnected) return;
    map.watch.disconnect();
    maps.delete(parentElement);
  };
}
