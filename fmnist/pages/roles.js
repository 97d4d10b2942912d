// Streamlit calls the place to drop files on presentational, though it has a name: one or the other.
function dropRoles() {
  for (const place of document.querySelectorAll('section[role=presentation][aria-label]'))
    place.removeAttribute('role');
}
if (!window.rolesWatched) {
  window.rolesWatched = new MutationObserver(dropRoles);
  window.rolesWatched.observe(document.body, { childList: true, subtree: true });
}
dropRoles();
