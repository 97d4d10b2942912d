const addresses = new WeakMap();

// A short address: a whole image in the style of each button takes the browser long to read.
export function addressOf(owner, image) {
  const known = addresses.get(owner);
  if (known?.image === image) return known.address;
  if (known) URL.revokeObjectURL(known.address);
  const content = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([content], { type: 'image/png' }));
  addresses.set(owner, { image, address });
  return address;
}

// Show one image of a sprite as the background of an element, at whatever size that has.
export function showImage(element, address, place, { columns, rows }) {
  const share = (at, count) => `${(100 * at) / Math.max(1, count - 1)}%`;
  const row = Math.floor(place / columns);
  element.style.backgroundImage = `url(${address})`;
  element.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  element.style.backgroundPosition = `${share(place % columns, columns)} ${share(row, rows)}`;
}
