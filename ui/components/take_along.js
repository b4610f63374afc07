// Puts the chart on the clipboard, and lets the MIDI file be dragged out of the page: Chromium saves
// what is dropped on a folder or on a music program (DownloadURL). The file is asked for when the
// pointer or the keyboard comes near, so that a page nobody takes from makes none.
const COPIED = "The chart is copied.";
const NOT_COPIED = "This browser does not allow copying; open the tab “Text” and copy there.";
const WAIT = "The MIDI file is being made; try again in a moment.";

async function copy(text, status) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = COPIED;
  } catch {
    status.textContent = copiedByHand(text, status) ? COPIED : NOT_COPIED;
  }
}

// Where the page has no secure address, browsers still copy what is selected.
function copiedByHand(text, place) {
  const box = document.createElement("textarea");
  box.value = text;
  place.appendChild(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const status = parentElement.querySelector("[role=status]");
  const link = parentElement.querySelector("[data-midi]");
  const address = data.midi ? `data:audio/midi;base64,${data.midi}` : "";
  parentElement.querySelector("[data-copy]").onclick = () => copy(data.chart, status);

  if (address) {
    link.href = address;
    link.download = data.name;
    if (status.textContent === WAIT) status.textContent = "The MIDI file is ready.";
  } else {
    link.removeAttribute("href");
  }
  let asked = Boolean(address);
  const ask = () => {
    if (!asked) setTriggerValue("wanted", true);
    asked = true;
  };
  link.onpointerenter = ask;
  link.onfocus = ask;
  link.ondragstart = (event) => {
    if (!address) {
      event.preventDefault();
      status.textContent = WAIT;
      return;
    }
    event.dataTransfer.effectAllowed = "copy";
    event.dataTransfer.setData("DownloadURL", `audio/midi:${data.name}:${address}`);
  };
  link.onclick = () => {
    if (!address) {
      ask();
      status.textContent = WAIT;
    }
  };
  link.onkeydown = (event) => {
    if (event.key === " " || (event.key === "Enter" && !address)) {
      event.preventDefault();
      link.click();
    }
  };
}
