const addresses = new WeakMap();

// A short address: a whole picture in the style of each button takes the browser long to read.
export function addressOf(owner, picture) {
  const known = addresses.get(owner);
  if (known?.picture === picture) return known.address;
  if (known) URL.revokeObjectURL(known.address);
  const content = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([content], { type: 'image/png' }));
  addresses.set(owner, { picture, address });
  return address;
}

// Show one picture of a sprite as the background of an element, at whatever size that has.
export function showPicture(element, address, place, { columns, rows }) {
  const share = (at, count) => `${(100 * at) / Math.max(1, count - 1)}%`;
  const row = Math.floor(place / columns);
  element.style.backgroundImage = `url(${address})`;
  element.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  element.style.backgroundPosition = `${share(place % columns, columns)} ${share(row, rows)}`;
}
