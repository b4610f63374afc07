// The desk: songs kept in the browser's own storage (IndexedDB), which no other site can read and
// nothing of which leaves the machine. As "keeper" it writes down what stands on the page, for this
// tab and for the song of the desk that it is; as "list" it shows what is kept.
const DATABASE = "lyric-lab";
const MOST_UNSAVED = 20; // songs of tabs left without saving; older ones make room
const MOST_STEPS = 50; // states before and behind the one that stands on the page
const MOST_LETTERS = 4_000_000; // of all of them
const REFUSED = "This browser keeps nothing for this site, so songs are kept only as project files.";

function database() {
  return new Promise((resolve, reject) => {
    const opening = window.indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("songs", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

// One step on the store of songs; gives what the request gives.
async function step(mode, ask) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const work = opened.transaction("songs", mode);
      const request = ask(work.objectStore("songs"));
      work.oncomplete = () => resolve(request?.result);
      work.onerror = work.onabort = () => reject(work.error);
    });
  } finally {
    opened.close();
  }
}
const all = () => step("readonly", (songs) => songs.getAll());
const get = (id) => step("readonly", (songs) => songs.get(id));
const put = (song) => step("readwrite", (songs) => songs.put({ ...song, changed: Date.now() }));
const remove = (id) => step("readwrite", (songs) => songs.delete(id));

function tab() {
  try {
    return window.sessionStorage.getItem("lyric-lab-tab");
  } catch {
    return null;
  }
}

const number = () => Array.from(window.crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Keeper -------------------------------------------------------------------------------------------
let newest = 0;
let written = null;

let turn = Promise.resolve(); // one after the other, for each reads what it changes

async function keep({ text, title, desk, at, past, future }) {
  if (at <= newest) return;
  newest = at;
  const own = tab();
  if (!own || !text || written === desk + text) return;
  const before = await get(`draft-${own}`);
  await put({ id: `draft-${own}`, title, text, of: desk, saved: false, past, steps: steps(before, text, past, future) });
  if (desk && (await get(desk))) await put({ id: desk, title, text, saved: true });
  written = desk + text;
  const left = (await all()).filter((song) => !song.saved && !song.of).sort((one, other) => other.changed - one.changed);
  for (const song of left.slice(MOST_UNSAVED)) await remove(song.id);
}

// The states to undo and redo to as [number, text], the nearest first; `past` is the number of the
// present. A server that was started anew numbers them anew, from the same present on.
function steps(before, text, past, future) {
  const shift = before?.text === text && before.steps ? past - before.past : 0;
  const known = new Map((before?.steps ?? []).map(([number, state]) => [number + shift, state]));
  known.set(past, text);
  const far = ([number]) => Math.abs(number - past);
  let room = MOST_LETTERS;
  return [...known].filter(([number]) => number >= past - MOST_STEPS && number <= past + Math.min(future, MOST_STEPS))
    .sort((one, other) => far(one) - far(other)).filter(([, state]) => (room -= state.length) >= 0);
}

// List ---------------------------------------------------------------------------------------------
const lists = new WeakMap();

class List {
  constructor(root) {
    this.rows = root.querySelector("ul");
    this.say = root.querySelector(".say");
    this.saving = root.querySelector("[data-save]");
    this.saving.onclick = () => this.tried(() => this.save());
  }

  async tried(act) {
    try {
      await act();
    } catch {
      this.say.textContent = REFUSED;
    }
  }

  take(data, tell) {
    this.data = data;
    this.tell = tell;
    this.saving.disabled = !data.text;
    this.saving.textContent = data.desk ? "Save as a song of its own" : "Save this song";
    this.tried(() => this.draw());
  }

  async save() {
    const id = number();
    await put({ id, title: this.data.title, text: this.data.text, saved: true });
    this.say.textContent = "Saved in this browser; what you change from now on is kept too.";
    this.tell("saved", id);
    await this.draw();
  }

  async draw(naming = null) {
    const mine = `draft-${tab()}`;
    const songs = (await all()).filter((song) => song.saved || (!song.of && song.id !== mine));
    songs.sort((one, other) => other.changed - one.changed);
    this.rows.replaceChildren(...songs.map((song) => this.row(song, song.id === naming)));
    if (!songs.length) this.rows.append(make("li", { class: "none" }, "No song is kept yet."));
    this.rows.querySelector("input")?.select();
  }

  row(song, isNaming) {
    const title = song.title || "Untitled";
    const when = new Date(song.changed).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const state = song.id === this.data.desk ? "open now" : song.saved ? "" : "not saved";
    if (isNaming) {
      const input = make("input", { "aria-label": `New name of ${title}`, value: title, maxlength: 200 });
      return make("li", {}, make("form", { onsubmit: (event) => { event.preventDefault(); this.tried(() => this.rename(song.id, input.value)); } },
        input, make("button", { type: "submit" }, "Rename"), button("Keep the old name", () => this.tried(() => this.draw()))));
    }
    return make("li", {}, make("span", { class: "name" }, make("b", {}, title), make("small", {}, [when, state].filter(Boolean).join(" · "))),
      make("span", { class: "acts" },
        button("Open", () => this.tried(() => this.open(song.id)), { "aria-label": `Open ${title}`, disabled: state === "open now" }),
        button("Rename", () => this.tried(() => this.draw(song.id)), { "aria-label": `Rename ${title}` }),
        button("Delete", (event) => this.tried(() => this.remove(song, event.target)), { "aria-label": `Delete ${title}` })));
  }

  async rename(id, name) {
    const song = await get(id);
    if (!song || !name.trim()) return this.draw();
    const project = JSON.parse(song.text);
    project.title = name.trim();
    if (project.song?.sheet) project.song.sheet.title = project.title;
    for (const wishes of [project.controls, project.song?.controls]) if (wishes) wishes.title = project.title;
    await put({ ...song, title: project.title, text: JSON.stringify(project) });
    this.say.textContent = `It is called ${project.title} now.`;
    if (id === this.data.desk) this.tell("named", project.title);
    return this.draw();
  }

  // A song is gone for good, so it takes a second click.
  async remove(song, pressed) {
    if (!pressed.dataset.sure) {
      pressed.dataset.sure = "yes";
      pressed.textContent = "Delete for good?";
      pressed.setAttribute("aria-label", `Delete ${song.title || "Untitled"} for good?`);
      return;
    }
    await remove(song.id);
    this.say.textContent = `${song.title || "The song"} is deleted.`;
    await this.draw();
  }

  // What stands on the page now makes room; unless it is of the desk, it is put by first.
  async open(id) {
    const song = await get(id);
    if (!song) return this.draw();
    if (this.data.text && !this.data.desk)
      await put({ id: `draft-${number()}`, title: this.data.title, text: this.data.text, saved: false });
    if (!song.saved) await remove(id);
    this.tell("opened", { text: song.text, desk: song.saved ? id : "", at: Date.now() });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (data.role === "keeper") {
    turn = turn.then(() => keep(data)).catch(() => {}); // a browser that keeps nothing says so in the list
    return;
  }
  let list = lists.get(parentElement);
  if (!list || !parentElement.contains(list.rows)) {
    list = new List(parentElement);
    lists.set(parentElement, list);
  }
  list.take(data, setTriggerValue);
}
