// Brings two blocks of the page into view whenever they are about something else than before: from
// the top of the first to the bottom of the second, or the second alone where the screen is too low.

const SETTLED = 200; // milliseconds after which the rest of the page has changed, too

let before;

export default function ({ data }) {
  const isNew = before !== undefined && before !== data.about;
  before = data.about;
  if (isNew) setTimeout(() => bringIntoView(data.blocks), SETTLED);
}

function bringIntoView(blocks) {
  const [first, last] = blocks.map((block) => document.querySelector(block));
  if (!first || !last) return;
  const header = document.querySelector('[data-testid=stHeader]')?.offsetHeight ?? 0;
  const { top } = first.getBoundingClientRect();
  const { bottom } = last.getBoundingClientRect();
  if (top >= header && bottom <= innerHeight) return;
  const fits = bottom - top <= innerHeight - header;
  first.style.scrollMarginTop = `${header + 8}px`;
  (fits ? first : last).scrollIntoView({ block: fits ? 'start' : 'center' });
}
