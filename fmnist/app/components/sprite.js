// A short address: a whole picture in the style of each button takes the browser long to read.
const addresses = new WeakMap();
function addressOf(owner, picture) {
  const known = addresses.get(owner);
  if (known?.picture === picture) return known.address;
  if (known) URL.revokeObjectURL(known.address);
  const content = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([content], { type: 'image/png' }));
  addresses.set(owner, { picture, address });
  return address;
}
