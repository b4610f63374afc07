// On a narrow window the menu lies over the page: a choice in it closes it again, as on a phone.
if (!window.lyricLabMenu) {
  window.lyricLabMenu = true;
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest('[data-testid="stSidebarNavLink"]');
    if (!chosen || window.innerWidth > 768) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 0);
  });
}
