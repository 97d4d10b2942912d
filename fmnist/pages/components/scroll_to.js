// Brings a block of the page into view whenever it is about something else than before.

const shown = new Map(); // by the block's selector

export default function ({ data }) {
  const before = shown.get(data.block);
  shown.set(data.block, data.about);
  const block = document.querySelector(data.block);
  if (!block || before === undefined || before === data.about) return;
  const { top, bottom } = block.getBoundingClientRect();
  const header = document.querySelector('[data-testid=stHeader]')?.offsetHeight ?? 0;
  if (top >= header && bottom <= innerHeight) return;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  block.scrollIntoView({ block: 'center', behavior: isStill ? 'auto' : 'smooth' });
}
