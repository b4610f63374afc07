// Tells the server which tab this is: a number that nobody can guess, kept by the tab itself
// (sessionStorage: it survives a reload, no other tab or site can read it, and it ends with the
// tab). Where the browser refuses to keep it, a reload begins anew.
const NAME = "lyric-lab-tab";

function kept() {
  try {
    return window.sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function made() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    window.sessionStorage.setItem(NAME, id);
  } catch {
    // Told to the server once and forgotten with the page.
  }
  return id;
}

// What the desk keeps of this tab (desk.js writes it), for a server that knows nothing of it.
function draft(id) {
  return new Promise((resolve) => {
    const opening = window.indexedDB.open("lyric-lab", 1);
    opening.onerror = () => resolve(null);
    opening.onupgradeneeded = () => opening.result.createObjectStore("songs", { keyPath: "id" });
    opening.onsuccess = () => {
      const reading = opening.result.transaction("songs").objectStore("songs").get(`draft-${id}`);
      reading.onerror = () => resolve(null);
      reading.onsuccess = () => resolve(reading.result ?? null);
    };
  });
}

// What was before and behind the present, the nearest first, as far as it follows without a gap.
function around({ steps = [], past = 0 } = {}, by) {
  const known = new Map(steps);
  const found = [];
  for (let number = past + by; known.has(number); number += by) found.push(known.get(number));
  return found;
}

export default function ({ data, setStateValue }) {
  if (!data.known) setStateValue("id", kept() ?? made());
  else if (data.wants)
    draft(kept()).catch(() => null).then((found) => setStateValue("kept", { text: found?.text ?? "", of: found?.of ?? "",
      past: around(found ?? {}, -1), future: around(found ?? {}, 1), at: Date.now() }));
}
