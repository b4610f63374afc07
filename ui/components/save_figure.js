// Saves a figure as PNG or SVG, in the browser alone: nothing is asked of a server, so it works
// offline. Plotly draws the figure anew, in dark ink on white and wide enough to print, so a file
// looks the same whatever the theme and however narrow the window.
const FAILED = "This browser could not make the file.";
const EARLY = "The figure is still being drawn; try again in a moment.";

function bytesOf(address) {
  const comma = address.indexOf(",");
  const [head, body] = [address.slice(0, comma), address.slice(comma + 1)];
  if (!head.includes(";base64")) return new TextEncoder().encode(decodeURIComponent(body));
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

// The link lies beside the buttons: a click outside of their popover would close it.
function handOver(bytes, type, name, place) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  place.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function save(format, { name, figure, width, height }, status) {
  if (!window.Plotly) {
    status.textContent = EARLY;
    return;
  }
  status.textContent = "Making the file …";
  try {
    const size = { width, height, scale: format === "png" ? 2 : 1 };
    const drawn = await window.Plotly.toImage(JSON.parse(figure), { format, ...size });
    const type = format === "png" ? "image/png" : "image/svg+xml";
    handOver(bytesOf(drawn), type, `${name}.${format}`, status);
    status.textContent = `${name}.${format} is saved.`;
  } catch {
    status.textContent = FAILED;
  }
}

export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("[role=status]");
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(button.dataset.format, data, status);
  }
}
