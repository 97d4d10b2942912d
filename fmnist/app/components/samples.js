// A section a class: its mean image, and beside it images that are buttons.

import { make } from './elements.js';
import { addressOf, showImage } from './sprite.js';

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -12, ArrowDown: 12 }; // 12 in a row

export default function ({ data, parentElement, setTriggerValue }) {
  const address = addressOf(parentElement, data.sprite.image);
  const image = (tag, place, name) => {
    const element = make(tag, { className: 'image' });
    showImage(element, address, place, data.sprite);
    if (name) element.setAttribute('aria-label', name);
    return element;
  };
  const button = (id, place, label) => {
    const element = image('button', place, `Training image ${id}: ${data.names[label]}`);
    element.title = `Training image ${id}`;
    element.onclick = () => setTriggerValue('clicked', id);
    return element;
  };
  let shown = data.names.length; // images of the sprite: the mean images come first
  const section = (ids, label) => {
    const buttons = ids.map((id) => button(id, shown++, label));
    for (const [place, element] of buttons.entries()) element.tabIndex = place ? -1 : 0;
    const images = make('div', { className: 'images', onkeydown: walk }, ...buttons);
    const mean = make('div', { className: 'mean' }, image('div', label));
    mean.setAttribute('role', 'img');
    mean.setAttribute('aria-label', `Mean image of ${data.names[label]}`);
    const title = make(
      'h3',
      {},
      make('bdi', {}, data.names[label]),
      make('span', {}, data.counts[label]),
    );
    return make('section', {}, title, mean, images);
  };
  parentElement.querySelector('.classes').replaceChildren(...data.ids.map(section));
}

// Tab goes from class to class, arrows from image to image.
function walk(event) {
  const all = [...event.currentTarget.children];
  const next = all[all.indexOf(event.target) + (STEPS[event.key] ?? NaN)];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
