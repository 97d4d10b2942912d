// A file above the limit is refused by Streamlit's upload box with a red icon only, far from where
// predictions stand: it is stopped before, and the page gets its name and size.

let latest; // what the last mount listens to

export default function ({ data, setTriggerValue }) {
  latest?.abort();
  const mine = new AbortController();
  latest = mine;
  for (const event of ['change', 'drop'])
    window.addEventListener(event, (happened) => check(happened, data, setTriggerValue), {
      capture: true,
      signal: mine.signal,
    });
  return () => mine.abort();
}

function check(event, { uploader, most }, setTriggerValue) {
  if (!event.target.closest?.(uploader)) return;
  const files = [...(event.target.files ?? event.dataTransfer?.files ?? [])];
  const large = files.find((file) => file.size > most);
  if (!large) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.files) event.target.value = '';
  setTriggerValue('refused', { name: large.name, size: large.size });
}
