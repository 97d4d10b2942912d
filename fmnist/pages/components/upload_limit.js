// A file above the limit is refused by Streamlit's uploader with a red icon only, far from where
// answers stand: it is stopped before, and the page is told its name and size.

let latest; // the listeners of the last mount

export default function ({ data, setTriggerValue }) {
  latest?.abort();
  const mine = (latest = new AbortController());
  const check = (event) => {
    if (!event.target.closest?.(data.uploader)) return;
    const files = [...(event.target.files ?? event.dataTransfer?.files ?? [])];
    const large = files.find((file) => file.size > data.most);
    if (!large) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.target.files) event.target.value = '';
    setTriggerValue('refused', { name: large.name, size: large.size });
  };
  for (const event of ['change', 'drop'])
    window.addEventListener(event, check, { capture: true, signal: mine.signal });
  return () => mine.abort();
}
