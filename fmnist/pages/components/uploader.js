// What Streamlit's upload box lacks. A file above the limit is refused there with a red icon only,
// far from where answers stand: it is stopped before, and the page is told its name and size. And
// the place to drop files on calls itself decoration, though it has a name and takes the focus.

let latest; // what the last mount listens to and watches

export default function ({ data, setTriggerValue }) {
  latest?.abort();
  const mine = (latest = new AbortController());
  for (const event of ['change', 'drop'])
    window.addEventListener(event, (happened) => check(happened, data, setTriggerValue), {
      capture: true,
      signal: mine.signal,
    });
  const block = document.querySelector(data.uploader);
  const observer = new MutationObserver(() => uncover(block)); // there is a new box after each file
  observer.observe(block, { childList: true, subtree: true });
  mine.signal.addEventListener('abort', () => observer.disconnect());
  uncover(block);
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

function uncover(block) {
  block.querySelector('section[role=presentation]')?.removeAttribute('role');
}
