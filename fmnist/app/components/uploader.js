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

function check(event, { uploader, most, together }, setTriggerValue) {
  if (!event.target.closest?.(uploader)) return;
  const files = [...(event.target.files ?? event.dataTransfer?.files ?? [])];
  const large = files.find((file) => file.size > most);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (!large && !(together && size > together)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.files) event.target.value = '';
  const { name } = large ?? files[0];
  setTriggerValue('refused', { name, size: large?.size ?? size, count: large ? 1 : files.length });
}
