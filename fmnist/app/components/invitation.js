// A line for a first-time visitor. That it was closed is kept in this browser alone.

const KEPT = 'fmnist.invitation';

export default function ({ data, parentElement, setTriggerValue }) {
  const section = parentElement.querySelector('section');
  const [accept, close] = section.querySelectorAll('button');
  section.querySelector('p').textContent = data.sentence;
  accept.textContent = data.label;
  const end = () => {
    section.hidden = true;
    keep();
  };
  close.onclick = end;
  accept.onclick = () => {
    end();
    setTriggerValue('accepted', true);
  };
  section.hidden = wasClosed();
}

// A browser that keeps nothing shows it each time.
function wasClosed() {
  try {
    return localStorage.getItem(KEPT) === 'closed';
  } catch {
    return false;
  }
}

function keep() {
  try {
    localStorage.setItem(KEPT, 'closed');
  } catch {}
}
