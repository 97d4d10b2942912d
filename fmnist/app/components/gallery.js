// Thumbnails with captions that are buttons.

import { make } from './elements.js';
import { addressOf, showImage } from './sprite.js';

export default function ({ data, parentElement, setTriggerValue }) {
  const gallery = parentElement.querySelector('.gallery');
  gallery.style.setProperty('--least', `${data.least}px`);
  const address = addressOf(gallery, data.sprite.image);
  const toTop = () => document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
  const buttons = data.ids.map((id, place) => {
    const image = make('div', { className: 'image' });
    showImage(image, address, place, data.sprite);
    const caption = data.captions[place].replaceAll('-', '\u2011');
    const button = make('button', { disabled: data.still }, image, caption);
    button.setAttribute('aria-label', data.names[place]);
    if (id === data.chosen) button.setAttribute('aria-current', 'true');
    button.onclick = () => {
      setTriggerValue('clicked', id);
      if (data.to_top) toTop();
    };
    return button;
  });
  gallery.replaceChildren(...buttons);
}
