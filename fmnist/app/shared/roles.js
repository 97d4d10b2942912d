// What Streamlit's own elements lack for those who hear a page.
function giveRoles() {
  // The place to drop files on is called presentational, though it has a name: one or the other.
  for (const place of document.querySelectorAll('section[role=presentation][aria-label]'))
    place.removeAttribute('role');
  const lesson = document.querySelector('.st-key-lesson');
  lesson?.setAttribute('role', 'region');
  lesson?.setAttribute('aria-label', 'Lesson');
  // Hints are shown outside of all landmarks.
  const hints = document.getElementById('stFloatingOverlayPortal');
  hints?.setAttribute('role', 'region');
  hints?.setAttribute('aria-label', 'Hints');
}
if (!window.roles) {
  window.roles = new MutationObserver(giveRoles);
  window.roles.observe(document.body, { childList: true, subtree: true });
}
giveRoles();
