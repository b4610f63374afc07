// Keeps the sounds of a style, a FLAC file, for the player of the page.
export default function ({ data }) {
  if (!data?.byteLength) return;
  window.lyricLabSounds = data;
  window.dispatchEvent(new CustomEvent("lyriclab:sounds"));
}
