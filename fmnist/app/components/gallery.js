export default function ({ data, parentElement, setTriggerValue }) {
  const gallery = parentElement.querySelector('.gallery');
  gallery.style.setProperty('--least', `${data.least}px`);
  const sprite = addressOf(gallery, data.sprite);
  const toTop = () => document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
  const buttons = data.ids.map((id, place) => {
    const button = document.createElement('button');
    const picture = document.createElement('div');
    picture.className = 'picture';
    picture.style.backgroundImage = `url(${sprite})`;
    picture.style.backgroundSize = `${64 * data.columns}px auto`;
    const row = Math.floor(place / data.columns), column = place % data.columns;
    picture.style.backgroundPosition = `${-64 * column}px ${-64 * row}px`;
    button.append(picture, data.captions[place].replaceAll('-', '\u2011'));
    button.setAttribute('aria-label', data.names[place]);
    button.disabled = data.still;
    if (id === data.chosen) button.setAttribute('aria-current', 'true');
    button.onclick = () => { setTriggerValue('clicked', id); if (data.to_top) toTop(); };
    return button;
  });
  gallery.replaceChildren(...buttons);
}
